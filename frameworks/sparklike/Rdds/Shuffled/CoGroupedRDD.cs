namespace Agora.Spark;

/// <summary>For each key that any of several datasets has, what an aggregator makes of all its values.</summary>
internal sealed class CoGroupedRDD<K, U, G>(
    SparkContext context, Partitioner partitioner, Aggregator<U, G> aggregator, IReadOnlyList<(Dependency Dependency, CoGroupInput<K, U> Input)> inputs)
    : RDD<(K Key, G Value)>(context, [.. inputs.Select(i => i.Dependency)])
{
    private readonly Partitioner _partitioner = partitioner;
    private readonly Aggregator<U, G> _aggregator = aggregator;
    private readonly CoGroupInput<K, U>[] _inputs = [.. inputs.Select(i => i.Input)];

    internal override string ClassName => "CoGroupedRDD";

    public override Partitioner? Partitioner => _partitioner;

    protected override int CountPartitions() => _partitioner.PartitionCount;

    protected override IEnumerable<(K Key, G Value)> Compute(int partition, TaskContext context) => context.Services.Combine(
        _inputs.Zip(Dependencies).SelectMany(i => i.First.Read(i.Second, partition, context)), _aggregator, context);
}
