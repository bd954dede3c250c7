using System.IO.Compression;
using Agora.Hadoop.Tasks;
using Agora.Storage;
using ZstdSharp;

namespace Agora.Hadoop.Cli;

/// <summary>What <c>hadoop fs -text</c> makes of packed files, which it knows by how they begin.</summary>
internal static class Unpacking
{
    private const string WithoutMagic = ".deflate";
    private const int MagicBytesMax = 4;

    private static readonly (byte[] Magic, Func<Stream, Stream> Unpack)[] Kinds =
    [
        ([0x1f, 0x8b], s => new GZipStream(s, CompressionMode.Decompress)),
        ([.. "BZh"u8], s => new BZip2Stream(s)),
        ([0x28, 0xb5, 0x2f, 0xfd], s => new DecompressionStream(s, leaveOpen: false)),
    ];

    /// <summary>Opens a file, unpacked if it is packed.</summary>
    /// <exception cref="InvalidDataException">Thrown when read, if it is packed and damaged.</exception>
    public static async Task<Stream> OpenAsync(IFileSystem store, FileStatus file)
    {
        var start = new byte[Math.Min(MagicBytesMax, file.Length)];
        if (start.Length > 0)
        {
            await using var head = await store.OpenAsync(file.Path, 0, start.Length);
            await head.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false);
        }
        var stream = await store.OpenAsync(file.Path);
        foreach (var (magic, unpack) in Kinds)
            if (start.AsSpan().StartsWith(magic))
                return unpack(stream);
        return start.Length > 0 && file.Name.EndsWith(WithoutMagic, StringComparison.Ordinal)
            ? new ZLibStream(stream, CompressionMode.Decompress) : stream;
    }
}
