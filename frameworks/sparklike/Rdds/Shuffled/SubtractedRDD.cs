namespace Agora.Spark;

/// <summary>The left's pairs whose keys the right does not have. Only the left's are kept in memory.</summary>
internal sealed class SubtractedRDD<K, V, W>(RDD<(K Key, V Value)> left, RDD<(K Key, W Value)> right, Partitioner partitioner)
    : RDD<(K Key, V Value)>(left.Context, CoGroupInput<K, V>.DependencyOn(left, partitioner), CoGroupInput<K, W>.DependencyOn(right, partitioner))
{
    public override Partitioner? Partitioner => partitioner;

    protected override int CountPartitions() => partitioner.PartitionCount;

    protected override IEnumerable<(K Key, V Value)> Compute(int partition, TaskContext context)
    {
        var kept = new Dictionary<ValueTuple<K>, List<V>>();
        foreach (var (key, value) in CoGroupInput<K, V>.Read(Dependencies[0], partition, context))
        {
            if (!kept.TryGetValue(new(key), out var values))
                kept[new(key)] = values = [];
            values.Add(value);
        }
        foreach (var (key, _) in CoGroupInput<K, W>.Read(Dependencies[1], partition, context))
            kept.Remove(new(key));
        foreach (var (key, values) in kept)
            foreach (var value in values)
                yield return (key.Item1, value);
    }
}
