namespace Agora.Spark;

/// <summary>A part of a file that one task reads.</summary>
/// <param name="Name">In full, with its store.</param>
/// <param name="Offset">In bytes; lines that begin from here on are the split's.</param>
/// <param name="Length">In bytes.</param>
internal sealed record FileSplit(string Name, long Offset, long Length);

/// <summary>What a partition reads, and where that is.</summary>
internal sealed record InputPartition(IReadOnlyList<FileSplit> Splits, IReadOnlyList<string> Hosts);
