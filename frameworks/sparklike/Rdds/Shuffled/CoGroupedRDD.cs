namespace Agora.Spark;

/// <summary>For each key, a list of values of each dataset; null for one that does not have the key.</summary>
internal sealed class CoGroupedRDD<K>(
    SparkContext context, Partitioner partitioner, IReadOnlyList<Dependency> dependencies, IReadOnlyList<CoGroupInput<K>> inputs)
    : RDD<(K Key, object?[] Value)>(context, dependencies)
{
    public override Partitioner? Partitioner => partitioner;

    protected override int CountPartitions() => partitioner.PartitionCount;

    protected override IEnumerable<(K Key, object?[] Value)> Compute(int partition, TaskContext context)
    {
        var groups = new Dictionary<ValueTuple<K>, object?[]>();
        for (var i = 0; i < inputs.Count; i++)
            inputs[i].AddTo(groups, Dependencies[i], i, inputs.Count, partition, context);
        foreach (var (key, group) in groups)
            yield return (key.Item1, group);
    }
}
