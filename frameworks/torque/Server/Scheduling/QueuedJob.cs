using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Scheduling;

/// <summary>What the batch scheduler has to know of a job that may run.</summary>
/// <param name="Nodes">In the order of the request; each with the memory its node is to have for it, where any was asked for.</param>
/// <param name="Walltime">The job's limit, which is also the estimate of how long it runs; null where it has none.</param>
/// <param name="Hosts">Names of nodes it must run on (<c>qrun -H</c>); null leaves it to the scheduler.</param>
public sealed record QueuedJob(
    JobId Id, string User, string Queue, int Priority, IReadOnlyList<NodeRequest> Nodes, TimeSpan? Walltime,
    IReadOnlyList<string>? Hosts = null);

/// <summary>A job that holds slots.</summary>
/// <param name="EndsBy">When its walltime is over; null where it has no limit.</param>
public sealed record PlacedJob(JobId Id, IReadOnlyList<SlotShare> Shares, DateTimeOffset? EndsBy);

/// <summary>What a job has of one node.</summary>
/// <param name="Slots">Numbers of the node's slots, ascending.</param>
public sealed record SlotShare(string Node, IReadOnlyList<int> Slots, long MemoryBytes, int Lines);
