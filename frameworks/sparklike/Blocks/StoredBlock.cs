namespace Agora.Spark.Blocks;

/// <summary>
/// A kept partition: as records or as packed pieces in memory, or in a file, or in both. What it holds is changed under the
/// store's lock alone; what is read once stays readable, whatever becomes of the block.
/// </summary>
internal abstract class StoredBlock(BlockId id, StorageLevel level)
{
    public BlockId Id { get; } = id;

    public StorageLevel Level { get; } = level;

    /// <summary>What it takes of the memory pool; 0 if it is not in memory.</summary>
    public long MemoryBytes { get; set; }

    /// <summary>Its file; null if it has none.</summary>
    public string? Path { get; set; }

    public long FileBytes { get; set; }

    /// <summary>When it was used last, counted in uses.</summary>
    public long LastUse { get; set; }

    /// <summary>Is on its way out of memory.</summary>
    public bool IsLeaving { get; set; }

    public abstract bool IsInMemory { get; }

    /// <summary>Lets go of what is in memory.</summary>
    public abstract void Leave();

    /// <summary>
    /// What writes the records that are in memory now, as <see cref="Records.RecordBlocks"/> does; also when they have left
    /// the block since.
    /// </summary>
    public abstract Action<Stream> Writer();
}
