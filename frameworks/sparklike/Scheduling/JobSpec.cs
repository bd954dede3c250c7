namespace Agora.Spark.Scheduling;

/// <summary>An action, as the scheduler sees it.</summary>
/// <param name="Id">Counts an application's jobs from 0.</param>
/// <param name="Name">For people, as <c>Collect at WordCount.cs:15</c>.</param>
/// <param name="Partitions">Which of the last stage's partitions are wanted, each once.</param>
/// <param name="Group">For cancelling several at once; null for none.</param>
/// <param name="Pool">For fair sharing between jobs.</param>
public sealed record JobSpec(
    int Id, string Name, StageSpec FinalStage, IReadOnlyList<int> Partitions, string? Group = null, string Pool = "default");
