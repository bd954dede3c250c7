using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>How a job holds its slots.</summary>
/// <param name="Launch">As the moms get it, the ports of its remote shells left 0.</param>
/// <param name="HasStarted">Its first mom has said so.</param>
/// <param name="IsEnding">It is to be deleted or to be run again: if it has not been started yet, it need not be.</param>
public sealed record Placement(JobLaunch Launch, IReadOnlyList<string> Nodes, bool HasStarted, bool IsEnding)
{
    public int Run => Launch.Run;
}
