namespace Agora.Spark;

/// <summary>Several of the parent's partitions as one.</summary>
internal sealed class CoalescedRDD<T>(RDD<T> parent, int count) : RDD<T>(parent.Context, CoalesceDependency.Of(parent, count))
{
    public override IReadOnlyList<string> PreferredHosts(int partition) => Dependency.HostsOf(partition);

    private CoalesceDependency Dependency => (CoalesceDependency)Dependencies[0];

    protected override int CountPartitions() => Dependency.GroupCount;

    protected override IEnumerable<T> Compute(int partition, TaskContext context)
    {
        var parent = (RDD<T>)Dependency.Parent;
        return Dependency.ParentsOf(partition).SelectMany(p => parent.Iterator(p, context));
    }
}
