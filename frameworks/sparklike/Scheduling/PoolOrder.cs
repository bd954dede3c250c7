namespace Agora.Spark.Scheduling;

/// <summary>
/// Which stage goes first at what is offered. Fair is Spark's: whoever has less than its minimum share before all others,
/// the one with the smallest part of it first; then the one that runs least for its weight.
/// </summary>
internal sealed class PoolOrder(SchedulingMode mode) : IComparer<StageRun>
{
    public int Compare(StageRun? x, StageRun? y)
    {
        var (a, b) = (x!, y!);
        if (mode == SchedulingMode.Fair && a.Pool != b.Pool)
        {
            var (p, q) = (a.Pool!, b.Pool!);
            var order = Fair(p.Running, p.Options, q.Running, q.Options);
            return order != 0 ? order : string.CompareOrdinal(p.Name, q.Name);
        }
        if (mode == SchedulingMode.Fair && a.Pool!.Options.Mode == SchedulingMode.Fair)
        {
            var order = a.Live.Count.CompareTo(b.Live.Count);
            if (order != 0)
                return order;
        }
        return (a.First.Spec.Id, a.Spec.Id).CompareTo((b.First.Spec.Id, b.Spec.Id));
    }

    private static int Fair(int running, PoolOptions options, int otherRunning, PoolOptions otherOptions)
    {
        var (isNeedy, isOtherNeedy) = (running < options.MinShare, otherRunning < otherOptions.MinShare);
        if (isNeedy != isOtherNeedy)
            return isNeedy ? -1 : 1;
        // In whole numbers: a / b against c / d is a * d against c * b.
        return isNeedy
            ? ((long)running * otherOptions.MinShare).CompareTo((long)otherRunning * options.MinShare)
            : ((long)running * otherOptions.Weight).CompareTo((long)otherRunning * options.Weight);
    }
}
