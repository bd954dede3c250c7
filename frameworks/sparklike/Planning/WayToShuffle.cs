using Agora.Spark.Scheduling;

namespace Agora.Spark;

/// <summary>A way through a stage from its last dataset to a shuffle that it reads.</summary>
/// <param name="Hidden">The persisted datasets on it.</param>
internal sealed record WayToShuffle(ShuffleDependency Shuffle, IReadOnlyList<PersistedRdd> Hidden)
{
    /// <summary>
    /// Ways that are told apart; beyond it, only what all have in common is kept, which may run a stage without need but
    /// never misses one. A chain of diamonds has as many ways as there are subsets.
    /// </summary>
    private const int WaysMax = 16;

    /// <summary>All that matter: one that passes all of another's persisted datasets and more is needed only if that is.</summary>
    public static IReadOnlyList<WayToShuffle> From(RDD last)
    {
        var waysTo = new Dictionary<RDD, List<PersistedRdd[]>> { [last] = [With([], last)] };
        var shuffles = new Dictionary<ShuffleDependency, List<PersistedRdd[]>>();
        foreach (var rdd in Lineage.OfStage(last))
        {
            foreach (var dependency in rdd.Dependencies)
            {
                foreach (var way in waysTo[rdd])
                {
                    if (dependency is ShuffleDependency shuffle)
                        Add(shuffles, shuffle, way);
                    else
                        Add(waysTo, dependency.Parent, With(way, dependency.Parent));
                }
            }
        }
        return [.. shuffles.SelectMany(s => s.Value.Select(way => new WayToShuffle(s.Key, way)))];
    }

    private static PersistedRdd[] With(PersistedRdd[] way, RDD rdd) =>
        rdd.StorageLevel.IsKept ? [.. way, new PersistedRdd(rdd.Id, rdd.PartitionCount)] : way;

    private static void Add<TKey>(Dictionary<TKey, List<PersistedRdd[]>> all, TKey key, PersistedRdd[] way)
        where TKey : notnull
    {
        if (!all.TryGetValue(key, out var ways))
            all[key] = ways = [];
        if (ways.Exists(known => IsWithin(known, way)))
            return;
        ways.RemoveAll(known => IsWithin(way, known));
        ways.Add(way);
        if (ways.Count > WaysMax)
        {
            PersistedRdd[] common = [.. ways.Skip(1).Aggregate<PersistedRdd[], IEnumerable<PersistedRdd>>(ways[0], (a, b) => a.Intersect(b))];
            ways.Clear();
            ways.Add(common);
        }
    }

    private static bool IsWithin(PersistedRdd[] some, PersistedRdd[] all) => some.Length <= all.Length && some.All(all.Contains);
}
