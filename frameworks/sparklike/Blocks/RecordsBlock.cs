using Agora.Spark.Records;

namespace Agora.Spark.Blocks;

/// <summary>A partition whose records are in memory as they are.</summary>
internal sealed class RecordsBlock<T>(BlockId id, StorageLevel level, T[] records) : StoredBlock(id, level)
{
    public T[]? Records { get; private set; } = records;

    public override bool IsInMemory => Records is not null;

    public override void Leave() => Records = null;

    public override Action<Stream> Writer()
    {
        var records = Records ?? [];
        return stream => RecordBlocks.Write(stream, records);
    }
}
