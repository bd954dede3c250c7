namespace Agora.Spark;

/// <summary>Walks over lineages of any length.</summary>
internal static class Lineage
{
    /// <summary>
    /// The datasets that are computed in one task with this one, through narrow dependencies: each once and after all that
    /// are computed from it, itself first.
    /// </summary>
    public static IReadOnlyList<RDD> OfStage(RDD last) => SourcesFirst(last, d => d is NarrowDependency, reverse: true);

    /// <summary>All that this one is computed from, each once and after all that are computed from it, itself first.</summary>
    public static IReadOnlyList<RDD> Of(RDD last) => SourcesFirst(last, _ => true, reverse: true);

    /// <summary>Those of the same stage whose partitions have not been counted, after those they are computed from.</summary>
    public static IReadOnlyList<RDD> Uncounted(RDD last) =>
        SourcesFirst(last, d => d is NarrowDependency && !d.Parent.IsCounted, reverse: false);

    /// <summary>Depth first; a dataset is done when all it is computed from is.</summary>
    private static List<RDD> SourcesFirst(RDD last, Func<Dependency, bool> follows, bool reverse)
    {
        var done = new List<RDD>();
        var seen = new HashSet<RDD> { last };
        var open = new Stack<(RDD Rdd, int Next)>();
        open.Push((last, 0));
        while (open.TryPop(out var top))
        {
            var dependencies = top.Rdd.Dependencies;
            if (top.Next == dependencies.Count)
            {
                done.Add(top.Rdd);
                continue;
            }
            open.Push((top.Rdd, top.Next + 1));
            var dependency = dependencies[top.Next];
            if (follows(dependency) && seen.Add(dependency.Parent))
                open.Push((dependency.Parent, 0));
        }
        if (reverse)
            done.Reverse();
        return done;
    }
}
