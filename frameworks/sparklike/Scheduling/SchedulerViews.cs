namespace Agora.Spark.Scheduling;

/// <summary>The application, as its page shows it.</summary>
/// <param name="Jobs">Those that run, then those that ended, newest first.</param>
/// <param name="Stages">The same.</param>
public sealed record SchedulerView(
    IReadOnlyList<JobView> Jobs, IReadOnlyList<StageView> Stages, IReadOnlyList<CachedRddView> Cached,
    IReadOnlyList<ExecutorView> Executors, IReadOnlyList<ShuffleView> Shuffles, OfferCounts Offers);

/// <param name="Ended">Null while it runs.</param>
/// <param name="Failure">Null if it has not failed.</param>
/// <param name="StagesLeft">Ids of stages that it waits for.</param>
public sealed record JobView(
    int Id, string Name, string? Group, string Pool, DateTimeOffset Submitted, DateTimeOffset? Ended, string? Failure,
    int Results, int ResultsWanted, IReadOnlyList<int> StagesLeft);

/// <param name="Attempt">From 0; -1 before the first.</param>
/// <param name="Failed">Attempts at tasks that failed.</param>
/// <param name="Launched">Attempts launched, by how near they were to their data.</param>
/// <param name="Speculative">Of those launched, second attempts at slow tasks.</param>
/// <param name="MedianDuration">Of its tasks that are done; null if none is.</param>
public sealed record StageView(
    int Id, int Attempt, string Name, int? ShuffleId, StagePhase Phase, int Tasks, int Pending, int Running, int Done,
    int Failed, IReadOnlyDictionary<TaskLocality, int> Launched, int Speculative, TimeSpan? MedianDuration,
    DateTimeOffset? Started, DateTimeOffset? Ended);

/// <param name="Partitions">Those that are kept somewhere.</param>
/// <param name="Agents">On which executors keep some.</param>
public sealed record CachedRddView(
    int RddId, int Partitions, long MemoryBytes, long DiskBytes, IReadOnlyList<AgentId> Agents);

/// <param name="Address">Host and port of the agent's file server.</param>
public sealed record ExecutorView(
    AgentId AgentId, string Hostname, string Address, int RunningTasks, int Blocks, long BlockBytes);

/// <param name="Outputs">Map tasks whose output is there.</param>
/// <param name="Lost">Outputs that were lost, counted each time.</param>
public sealed record ShuffleView(int ShuffleId, int Outputs, int MapTasks, long Bytes, int Lost);

/// <param name="Received">Offers that came.</param>
/// <param name="Rejected">Offers of which nothing was taken though tasks were waiting.</param>
/// <param name="RejectedForLocality">Of those, offers that were too far from data.</param>
/// <param name="Launched">Tasks launched.</param>
public sealed record OfferCounts(long Received, long Rejected, long RejectedForLocality, long Launched)
{
    /// <summary>Offers rejected for each task launched.</summary>
    public double RejectedPerTask => Launched == 0 ? 0 : (double)Rejected / Launched;
}
