namespace Agora.Spark.Scheduling;

/// <param name="Outputs">Map tasks whose output is there.</param>
/// <param name="Lost">Outputs that were lost, counted each time.</param>
public sealed record ShuffleView(int ShuffleId, int Outputs, int MapTasks, long Bytes, int Lost);
