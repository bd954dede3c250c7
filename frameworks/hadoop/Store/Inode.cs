namespace Agora.Hadoop.Store;

/// <summary>A file or directory of the namespace.</summary>
/// <param name="Length">In bytes; 0 for a directory.</param>
/// <param name="Permission">Octal digits, such as <c>644</c> or <c>1777</c>.</param>
internal sealed record Inode(
    long Id, string Name, bool IsDirectory, long Length, long BlockSizeBytes, int Replication,
    long ModifiedMs, long AccessedMs, string Permission, string Owner, string Group)
{
    public int Mode => Convert.ToInt32(Permission, 8);
}

/// <summary>A block of a file and its copies, by node.</summary>
/// <param name="Offset">Where it begins in its file, in bytes.</param>
internal sealed record Block(long Id, long Offset, long Length, IReadOnlyList<Replica> Replicas);

/// <param name="IsDamaged">It was found to be missing or not to be what was written.</param>
internal sealed record Replica(string Node, bool IsDamaged);

/// <summary>A block as it was written, before it is part of a file.</summary>
/// <param name="Checksums">See <see cref="BlockFiles"/>.</param>
internal sealed record WrittenBlock(long Id, long Length, byte[] Checksums, IReadOnlyList<string> Nodes);

/// <summary>A block as replication sees it.</summary>
/// <param name="Replication">How many copies its file is to have.</param>
internal sealed record BlockState(long Id, int Replication, IReadOnlyList<Replica> Replicas);

/// <summary>What is needed to read a block and know that it is right.</summary>
internal sealed record BlockContents(long Id, long Length, byte[] Checksums);
