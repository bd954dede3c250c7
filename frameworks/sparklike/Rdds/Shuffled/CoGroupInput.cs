namespace Agora.Spark;

/// <summary>
/// One of the datasets that are grouped together, of a type of values that the group does not know: they come as values of
/// any of the datasets, with which one each is of.
/// </summary>
internal abstract class CoGroupInput<K, U>
{
    public abstract IEnumerable<(K Key, U Value)> Read(Dependency dependency, int partition, TaskContext context);
}

internal sealed class CoGroupInput<K, V, U>(Func<V, U> wrap) : CoGroupInput<K, U>
{
    /// <summary>No shuffle is needed where keys are in their partitions already.</summary>
    public static (Dependency Dependency, CoGroupInput<K, U> Input) Of(RDD<(K Key, V Value)> rdd, Partitioner partitioner, Func<V, U> wrap) =>
        (partitioner.Equals(rdd.Partitioner) ? new OneToOneDependency(rdd) : new ShuffleDependency<K, V, V>(rdd, partitioner),
            new CoGroupInput<K, V, U>(wrap));

    public override IEnumerable<(K Key, U Value)> Read(Dependency dependency, int partition, TaskContext context)
    {
        var records = dependency is ShuffleDependency<K, V, V> shuffle ? context.Services.Read(shuffle, partition, context)
            : ((RDD<(K Key, V Value)>)dependency.Parent).Iterator(partition, context);
        foreach (var (key, value) in records)
            yield return (key, wrap(value));
    }
}
