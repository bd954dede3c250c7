using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Queue;

/// <summary>
/// Torque's job queue: a state machine without I/O, owned by one loop. Requests and reports come in; replies, effects and
/// changes for the store come out. After each step: <see cref="TakeChanges"/> to the store, then the effects, then replies.
/// </summary>
public sealed partial class JobQueue
{
    /// <param name="stored">Of the store; null for a queue made anew, with the usual configuration.</param>
    public JobQueue(JobQueueOptions options, QueueState? stored, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>All requests but Status of nodes, Run (see <see cref="PrepareRun"/>) and Terminate.</summary>
    public Reply Handle(DateTimeOffset now, Caller caller, Request request) => throw new NotImplementedException();

    /// <summary>
    /// Jobs that may run now, in the order to consider them, as lazily as they are asked for. Not to be read on after a
    /// call that changes anything but a comment.
    /// </summary>
    public IEnumerable<QueuedJob> Queued => throw new NotImplementedException();

    public int QueuedCount => throw new NotImplementedException();

    /// <summary>The limit that forbids the job to run just now, in words; null if none does.</summary>
    public string? LimitOf(JobId id) => throw new NotImplementedException();

    /// <summary>Jobs that hold slots.</summary>
    public IEnumerable<PlacedJob> Placed => throw new NotImplementedException();

    /// <summary>Null if the job holds no slots.</summary>
    public Placement? PlacementOf(JobId id) => throw new NotImplementedException();

    /// <summary>The job gets these slots and is about to run.</summary>
    /// <param name="addressOf">Where a node is reached, by its name.</param>
    /// <exception cref="InvalidOperationException">It is not queued.</exception>
    public JobLaunch Place(
        DateTimeOffset now, JobId id, IReadOnlyList<SlotShare> shares, Func<string, string> addressOf) => throw new NotImplementedException();

    /// <summary>For <c>qrun</c>: whether the caller may run it, and it can be run, whatever limits say.</summary>
    /// <returns>The reply to a request that is refused, or the job.</returns>
    public (Reply? Refusal, QueuedJob? Job) PrepareRun(DateTimeOffset now, Caller caller, Request.Run request) => throw new NotImplementedException();

    /// <summary>Why the job waits, for its comment.</summary>
    public void Comment(DateTimeOffset now, JobId id, string text) => throw new NotImplementedException();

    /// <summary>A mom has connected: it is told again what it has to end or to forget.</summary>
    public void Hello(DateTimeOffset now, MomReport.Hello report) => throw new NotImplementedException();

    public void Started(DateTimeOffset now, string node, MomReport.Started report) => throw new NotImplementedException();

    public void Used(DateTimeOffset now, string node, MomReport.Used report) => throw new NotImplementedException();

    public void Ended(DateTimeOffset now, string node, MomReport.Ended report) => throw new NotImplementedException();

    /// <summary>The job could not be started on its nodes.</summary>
    /// <param name="retry">It may be tried again; otherwise it ends.</param>
    public void StartFailed(DateTimeOffset now, JobId id, int run, string why, bool retry) => throw new NotImplementedException();

    /// <summary>One of the job's nodes is gone, with all that ran there.</summary>
    public void NodeLost(DateTimeOffset now, JobId id, int run, string node, string why) => throw new NotImplementedException();

    /// <summary>When <see cref="Tick"/> has something to do; null for never.</summary>
    public DateTimeOffset? NextDeadline => throw new NotImplementedException();

    public void Tick(DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>What has to be done since the last time.</summary>
    public IReadOnlyList<QueueEffect> TakeEffects() => throw new NotImplementedException();

    /// <summary>What has to be written since the last time.</summary>
    public QueueChanges TakeChanges() => throw new NotImplementedException();

    /// <summary>By name; nodes that nobody has said anything of are not among them.</summary>
    public IReadOnlyDictionary<string, NodeSettings> Nodes => throw new NotImplementedException();

    /// <summary>An attribute of the server, such as <c>node_check_rate</c>; null where it is not set.</summary>
    public string? ServerAttribute(string name) => throw new NotImplementedException();
}
