using System.IO.Compression;
using Agora.Hadoop.Jobs;
using ICSharpCode.SharpZipLib.BZip2;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Agora.Hadoop.Tasks;

/// <summary>Hadoop's compression codecs: files are known by suffix, codecs of an output by class name.</summary>
internal static class Codec
{
    /// <summary>
    /// Of the runs of records that maps leave, up to a hundred are unpacked at the same time; so they are packed such
    /// that unpacking one takes little: bzip2 by 100 KB, zstd within a window of 256 KiB (as a power of 2).
    /// </summary>
    private const int RunBlocks = 1, RunWindowLog = 18;

    private sealed record Kind(
        string Suffix, string Class, Func<Stream, Stream> Unpack, Func<Stream, Stream> Pack, Func<Stream, Stream> PackRun);

    private static readonly Kind[] Kinds =
    [
        new(".gz", StreamingClasses.GzipCodec, s => new GZipStream(s, CompressionMode.Decompress), Gzip, Gzip),
        new(".bz2", StreamingClasses.BZip2Codec, s => new BZip2Stream(s), s => new BZip2OutputStream(s),
            s => new BZip2OutputStream(s, RunBlocks)),
        new(".deflate", StreamingClasses.DefaultCodec, s => new ZLibStream(s, CompressionMode.Decompress), ZLib, ZLib),
        new(".deflate", StreamingClasses.DeflateCodec, s => new ZLibStream(s, CompressionMode.Decompress), ZLib, ZLib),
        new(".zst", StreamingClasses.ZStandardCodec, s => new DecompressionStream(s, leaveOpen: false),
            s => new CompressionStream(s, leaveOpen: false), ZStandardRun),
    ];

    public static bool IsCompressed(string path) => OfFile(path) is not null;

    /// <exception cref="InvalidDataException">Thrown when read, if the bytes are not what the suffix says.</exception>
    public static Stream Unpack(string path, Stream stream) => OfFile(path)!.Unpack(stream);

    /// <summary>The suffix that files of a codec have.</summary>
    /// <exception cref="AttemptFailedException">There is no such codec.</exception>
    public static string SuffixOf(string codecClass) => OfClass(codecClass).Suffix;

    /// <summary>What is written is packed on its way; disposed of, it ends the stream and closes it.</summary>
    /// <exception cref="AttemptFailedException">There is no such codec.</exception>
    public static Stream Pack(string codecClass, Stream stream) => OfClass(codecClass).Pack(stream);

    /// <summary>As <see cref="Pack"/>, for what maps leave to the reduces.</summary>
    /// <exception cref="AttemptFailedException">There is no such codec.</exception>
    public static Stream PackRun(string codecClass, Stream stream) => OfClass(codecClass).PackRun(stream);

    /// <summary>Reads what went through <see cref="PackRun"/>.</summary>
    /// <exception cref="AttemptFailedException">There is no such codec.</exception>
    public static Stream UnpackRun(string codecClass, Stream stream) => OfClass(codecClass).Unpack(stream);

    private static Kind? OfFile(string path) =>
        Array.Find(Kinds, k => path.EndsWith(k.Suffix, StringComparison.Ordinal));

    private static Kind OfClass(string codecClass) => Array.Find(Kinds, k => StreamingClasses.Means(codecClass, k.Class))
        ?? throw new AttemptFailedException($"the codec {codecClass} is not known; use one of " +
            string.Join(", ", StreamingClasses.Codecs));

    private static GZipStream Gzip(Stream stream) => new(stream, CompressionLevel.Fastest);

    private static ZLibStream ZLib(Stream stream) => new(stream, CompressionLevel.Fastest);

    private static CompressionStream ZStandardRun(Stream stream)
    {
        var packed = new CompressionStream(stream, level: 1, leaveOpen: false);
        packed.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, RunWindowLog);
        return packed;
    }
}
