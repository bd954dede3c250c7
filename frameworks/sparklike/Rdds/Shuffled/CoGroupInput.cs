using System.Runtime.InteropServices;

namespace Agora.Spark;

/// <summary>One of the datasets that are grouped together, of a type of values that the group does not know.</summary>
internal abstract class CoGroupInput<K>
{
    /// <summary>Adds the values of a partition to their keys' groups.</summary>
    /// <param name="place">Of this dataset's values in a group.</param>
    /// <param name="count">How many datasets there are.</param>
    public abstract void AddTo(
        Dictionary<ValueTuple<K>, object?[]> groups, Dependency dependency, int place, int count, int partition, TaskContext context);
}

internal sealed class CoGroupInput<K, V> : CoGroupInput<K>
{
    /// <summary>No shuffle is needed where keys are in their partitions already.</summary>
    public static Dependency DependencyOn(RDD<(K Key, V Value)> rdd, Partitioner partitioner) => partitioner.Equals(rdd.Partitioner)
        ? new OneToOneDependency(rdd) : new ShuffleDependency<K, V, V>(rdd, partitioner);

    public static IEnumerable<(K Key, V Value)> Read(Dependency dependency, int partition, TaskContext context) =>
        dependency is ShuffleDependency<K, V, V> shuffle ? context.Services.Read(shuffle, partition, context)
            : ((RDD<(K Key, V Value)>)dependency.Parent).Iterator(partition, context);

    public override void AddTo(
        Dictionary<ValueTuple<K>, object?[]> groups, Dependency dependency, int place, int count, int partition, TaskContext context)
    {
        foreach (var (key, value) in Read(dependency, partition, context))
        {
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, new(key), out _);
            group ??= new object?[count];
            ((List<V>)(group[place] ??= new List<V>())).Add(value);
        }
    }
}
