using System.Runtime.CompilerServices;
using Agora.Spark.Scheduling;

namespace Agora.Spark;

/// <summary>
/// Cuts lineages into stages at their shuffles. A shuffle's stage has the same number in all jobs, so that its output is
/// used again. Safe to use from several threads.
/// </summary>
internal sealed class StagePlanner
{
    private readonly ConditionalWeakTable<ShuffleDependency, StrongBox<int>> _ids = [];
    private readonly ConditionalWeakTable<StageSpec, Func<StageTask>> _tasks = [];
    private int _lastId = -1;

    /// <summary>Plans the stage of an action, with all that it needs before it.</summary>
    /// <param name="task">The action's.</param>
    /// <param name="name">For people, such as the user's line with the action.</param>
    public StageSpec Plan(RDD last, StageTask task, string name)
    {
        var parents = PlanParents(last);
        return Spec(Interlocked.Increment(ref _lastId), name, last, shuffleId: null, parents, () => task);
    }

    /// <summary>What the tasks of a planned stage do, with lineages as they are now.</summary>
    public StageTask TaskOf(StageSpec stage) => _tasks.TryGetValue(stage, out var make)
        ? make() : throw new ArgumentException($"the stage {stage.Id} was not planned here", nameof(stage));

    /// <summary>Those before come first, without recursion: a lineage may have thousands of shuffles.</summary>
    private List<StageParent> PlanParents(RDD last)
    {
        var planned = new Dictionary<ShuffleDependency, StageSpec>();
        var ways = new Dictionary<RDD, IReadOnlyList<WayToShuffle>>();
        var open = new Stack<RDD>([last]);
        while (open.TryPeek(out var rdd))
        {
            if (!ways.TryGetValue(rdd, out var own))
            {
                ways[rdd] = own = WayToShuffle.From(rdd);
                foreach (var way in own)
                    if (!planned.ContainsKey(way.Shuffle))
                        open.Push(way.Shuffle.Parent);
                if (open.Peek() != rdd)
                    continue;
            }
            open.Pop();
            foreach (var way in own)
                if (!planned.ContainsKey(way.Shuffle))
                    planned[way.Shuffle] = MapStage(way.Shuffle, Parents(ways[way.Shuffle.Parent], planned));
        }
        return Parents(ways[last], planned);
    }

    private static List<StageParent> Parents(IReadOnlyList<WayToShuffle> ways, Dictionary<ShuffleDependency, StageSpec> planned) =>
        [.. ways.Select(w => new StageParent(planned[w.Shuffle], w.Hidden))];

    private StageSpec MapStage(ShuffleDependency shuffle, List<StageParent> parents)
    {
        var id = _ids.GetValue(shuffle, _ => new StrongBox<int>(Interlocked.Increment(ref _lastId))).Value;
        return Spec(id, shuffle.Parent.CallSite.ToString(), shuffle.Parent, shuffle.ShuffleId, parents, shuffle.CreateMapTask);
    }

    private StageSpec Spec(
        int id, string name, RDD last, int? shuffleId, IReadOnlyList<StageParent> parents, Func<StageTask> task)
    {
        var keepsAny = Lineage.OfStage(last).Any(r => r.StorageLevel.IsKept);
        var stage = new StageSpec(id, name, last.PartitionCount, shuffleId, parents, p => Placement.HostsOf(last, p),
            p => keepsAny ? Placement.KeptInputsOf(last, p) : []);
        _tasks.Add(stage, task);
        return stage;
    }
}
