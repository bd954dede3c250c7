namespace Agora.Hadoop.Store;

/// <summary>A file or directory of the namespace.</summary>
/// <param name="Length">In bytes; 0 for a directory.</param>
internal sealed record Inode(
    long Id, string Name, bool IsDirectory, long Length, long BlockSizeBytes, int Replication,
    long ModifiedMs, long AccessedMs, string Permission, string Owner, string Group);

/// <summary>A block of a file and the nodes that hold it.</summary>
/// <param name="Offset">Where it begins in its file, in bytes.</param>
internal sealed record Block(long Id, long Offset, long Length, IReadOnlyList<string> Nodes);
