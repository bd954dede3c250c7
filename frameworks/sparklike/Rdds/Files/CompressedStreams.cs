using System.IO.Compression;

namespace Agora.Spark;

internal static class CompressedStreams
{
    private static readonly string[] Unreadable = [".bz2", ".zst", ".snappy", ".lz4", ".lzo", ".xz"];

    public static string SuffixOf(Compression compression) => compression switch
    {
        Compression.None => "",
        Compression.GZip => ".gz",
        Compression.Deflate => ".deflate",
        Compression.Brotli => ".br",
    };

    /// <summary>Such a file has no place inside where reading could begin.</summary>
    public static bool IsCompressed(string name) => Of(name) != Compression.None || IsUnreadable(name);

    public static Stream Reading(Stream from, string name)
    {
        if (IsUnreadable(name))
            throw new SparkException($"{name} is compressed in a way that is not known here; .gz, .deflate and .br are");
        return Of(name) switch
        {
            Compression.None => from,
            Compression.GZip => new GZipStream(from, CompressionMode.Decompress),
            Compression.Deflate => new ZLibStream(from, CompressionMode.Decompress),
            Compression.Brotli => new BrotliStream(from, CompressionMode.Decompress),
        };
    }

    public static Stream Writing(Stream to, Compression compression) => compression switch
    {
        Compression.None => to,
        Compression.GZip => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true),
        Compression.Deflate => new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true),
        Compression.Brotli => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true),
    };

    private static Compression Of(string name) =>
        Array.Find([Compression.GZip, Compression.Deflate, Compression.Brotli], c => name.EndsWith(SuffixOf(c), StringComparison.Ordinal));

    private static bool IsUnreadable(string name) => Array.Exists(Unreadable, s => name.EndsWith(s, StringComparison.Ordinal));
}
