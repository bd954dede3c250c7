using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Service;

/// <summary>A job that holds slots of nodes, from their reservation to the job's end.</summary>
internal sealed class Holding(JobId id, IReadOnlyList<SlotShare> shares, DateTimeOffset? endsBy)
{
    public JobId Id { get; } = id;

    /// <summary>The first one's node runs the script.</summary>
    public IReadOnlyList<SlotShare> Shares { get; } = shares;

    public DateTimeOffset? EndsBy { get; set; } = endsBy;

    /// <summary>Null while the nodes' moms are not all there.</summary>
    public JobLaunch? Launch { get; set; }

    public bool HasStarted { get; set; }

    /// <summary>Nodes whose remote shell is not open yet.</summary>
    public HashSet<string> Joining { get; } = [];

    public string FirstNode => Shares[0].Node;
}
