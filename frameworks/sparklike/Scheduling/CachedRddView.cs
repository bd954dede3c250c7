namespace Agora.Spark.Scheduling;

/// <param name="Partitions">Those that are kept somewhere.</param>
/// <param name="Agents">On which executors keep some.</param>
public sealed record CachedRddView(
    int RddId, int Partitions, long MemoryBytes, long DiskBytes, IReadOnlyList<AgentId> Agents);
