namespace Agora.Spark.Scheduling;

/// <param name="Attempt">From 0; -1 before the first.</param>
/// <param name="Failed">Attempts at tasks that failed.</param>
/// <param name="Launched">Attempts launched, by how near they were to their data.</param>
/// <param name="Speculative">Of those launched, second attempts at slow tasks.</param>
/// <param name="MedianDuration">Of its tasks that are done; null if none is.</param>
public sealed record StageView(
    int Id, int Attempt, string Name, int? ShuffleId, StagePhase Phase, int Tasks, int Pending, int Running, int Done,
    int Failed, IReadOnlyDictionary<TaskLocality, int> Launched, int Speculative, TimeSpan? MedianDuration,
    DateTimeOffset? Started, DateTimeOffset? Ended);
