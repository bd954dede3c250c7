namespace Agora.Spark.Scheduling;

/// <param name="Address">Host and port of the agent's file server.</param>
public sealed record ExecutorView(
    AgentId AgentId, string Hostname, string Address, int RunningTasks, int Blocks, long BlockBytes);
