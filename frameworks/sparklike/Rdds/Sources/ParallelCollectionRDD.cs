namespace Agora.Spark;

/// <summary>A collection of the driver's, cut into slices of nearly the same length.</summary>
internal sealed class ParallelCollectionRDD<T> : RDD<T>
{
    private readonly Slices<T> _slices;

    // Only scheduling asks.
    [NonSerialized]
    private readonly IReadOnlyList<IReadOnlyList<string>>? _hosts;

    public ParallelCollectionRDD(SparkContext context, T[][] slices, IReadOnlyList<IReadOnlyList<string>>? hosts = null)
        : base(context) => (_slices, _hosts) = (Slices<T>.Of(slices), hosts);

    public override IReadOnlyList<string> PreferredHosts(int partition) => _hosts?[partition] ?? [];

    protected override int CountPartitions() => _slices.Count;

    protected override IEnumerable<T> Compute(int partition, TaskContext context) =>
        Pipeline.WhileWanted(_slices[partition], context.Stop);

    public static T[][] Slices(IEnumerable<T> records, int count)
    {
        var all = records as T[] ?? [.. records];
        var slices = new T[count][];
        for (var i = 0; i < count; i++)
            slices[i] = all[(int)((long)i * all.Length / count)..(int)((i + 1L) * all.Length / count)];
        return slices;
    }
}
