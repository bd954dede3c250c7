namespace Agora.Spark;

/// <summary>Whole numbers that are counted where they are needed.</summary>
/// <param name="count">How many numbers, from <paramref name="start"/> on by <paramref name="step"/>.</param>
internal sealed class RangeRDD(SparkContext context, long start, long step, ulong count, int slices) : RDD<long>(context)
{
    protected override int CountPartitions() => slices;

    protected override IEnumerable<long> Compute(int partition, TaskContext context) => Pipeline.WhileWanted(
        Numbers(First(partition), First(partition + 1)), context.Stop);

    private ulong First(int partition) => (ulong)((UInt128)count * (uint)partition / (uint)slices);

    private IEnumerable<long> Numbers(ulong from, ulong to)
    {
        for (var i = from; i < to; i++)
            yield return unchecked(start + ((long)i * step));
    }
}
