namespace Agora.Spark.Scheduling;

/// <param name="Ended">Null while it runs.</param>
/// <param name="Failure">Null if it has not failed.</param>
/// <param name="StagesLeft">Ids of stages that it waits for.</param>
public sealed record JobView(
    int Id, string Name, string? Group, string Pool, DateTimeOffset Submitted, DateTimeOffset? Ended, string? Failure,
    int Results, int ResultsWanted, IReadOnlyList<int> StagesLeft);
