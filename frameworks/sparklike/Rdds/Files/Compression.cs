namespace Agora.Spark;

/// <summary>How output files are compressed; input files tell by the ends of their names.</summary>
public enum Compression
{
    None,

    /// <summary><c>.gz</c></summary>
    GZip,

    /// <summary><c>.deflate</c>, in the form of zlib.</summary>
    Deflate,

    /// <summary><c>.br</c></summary>
    Brotli,
}
