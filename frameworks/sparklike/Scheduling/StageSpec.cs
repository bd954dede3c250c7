namespace Agora.Spark.Scheduling;

/// <summary>
/// A stage as the scheduler sees it: tasks without shuffle between them. Knows no types of records, so the same
/// scheduler runs users' jobs and simulated ones.
/// </summary>
/// <param name="Id">Counts the stages of an application; a shuffle keeps its stage over all jobs.</param>
/// <param name="Name">For people, as <c>map at WordCount.cs:12</c>.</param>
/// <param name="TaskCount">Partitions of its last dataset.</param>
/// <param name="ShuffleId">The shuffle it writes; null for a job's last stage.</param>
/// <param name="Parents">Stages whose output it reads.</param>
/// <param name="HostsOf">Hosts with a task's input, best first.</param>
/// <param name="CachedInputsOf">
/// Blocks of persisted datasets that a task reads or makes, nearest to its result first: where one is, is the best
/// place.
/// </param>
public sealed record StageSpec(
    int Id, string Name, int TaskCount, int? ShuffleId, IReadOnlyList<StageParent> Parents,
    Func<int, IReadOnlyList<string>> HostsOf, Func<int, IReadOnlyList<BlockId>> CachedInputsOf);

/// <summary>A stage whose output is needed, unless it is hidden behind what is cached.</summary>
/// <param name="Hidden">
/// The persisted datasets on one way to it; if all partitions of any of them are kept somewhere, this way needs nothing
/// of the stage. A parent that is reached by several ways is listed once for each.
/// </param>
public sealed record StageParent(StageSpec Stage, IReadOnlyList<PersistedRdd> Hidden);

public sealed record PersistedRdd(int RddId, int PartitionCount);
