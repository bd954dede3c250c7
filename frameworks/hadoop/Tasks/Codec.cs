using System.IO.Compression;
using ICSharpCode.SharpZipLib.BZip2;
using ZstdSharp;

namespace Agora.Hadoop.Tasks;

/// <summary>Hadoop's compression codecs: files are known by suffix, codecs of an output by class name.</summary>
internal static class Codec
{
    private const string Package = "org.apache.hadoop.io.compress.";

    private sealed record Kind(string Suffix, string Class, Func<Stream, Stream> Unpack, Func<Stream, Stream> Pack);

    private static readonly Kind[] Kinds =
    [
        new(".gz", Package + "GzipCodec", s => new GZipStream(s, CompressionMode.Decompress),
            s => new GZipStream(s, CompressionLevel.Fastest)),
        new(".bz2", Package + "BZip2Codec", s => new BZip2Stream(s), s => new BZip2OutputStream(s)),
        new(".deflate", Package + "DefaultCodec", s => new ZLibStream(s, CompressionMode.Decompress),
            s => new ZLibStream(s, CompressionLevel.Fastest)),
        new(".deflate", Package + "DeflateCodec", s => new ZLibStream(s, CompressionMode.Decompress),
            s => new ZLibStream(s, CompressionLevel.Fastest)),
        new(".zst", Package + "ZStandardCodec", s => new DecompressionStream(s, leaveOpen: false),
            s => new CompressionStream(s, leaveOpen: false)),
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

    private static Kind? OfFile(string path) =>
        Array.Find(Kinds, k => path.EndsWith(k.Suffix, StringComparison.Ordinal));

    private static Kind OfClass(string codecClass) =>
        Array.Find(Kinds, k => k.Class == codecClass || k.Class == Package + codecClass)
        ?? throw new AttemptFailedException($"the codec {codecClass} is not known; use one of " +
            string.Join(", ", Kinds.Select(k => k.Class)));
}
