using System.Diagnostics;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Queue;

/// <summary>
/// Torque's job queue: a state machine without I/O, owned by one loop. Requests and reports come in; replies, effects and
/// changes for the store come out. After each step: <see cref="TakeChanges"/> to the store, then the effects, then replies.
/// <para>Laws: a request is carried out whole or not at all; an id is given once; a job holds slots only while it runs, and
/// runs only when all that it waits for is met; an array has no more elements active than its slot limit; a job that ends
/// is kept until its users have had the time to see it; what the changes say is all it needs to go on after a restart.</para>
/// </summary>
public sealed partial class JobQueue
{
    private readonly JobQueueOptions _options;
    private readonly JobAttribute _serverAttribute;
    private readonly AttributeSet _server = new();
    private readonly SortedDictionary<string, BatchQueue> _queues = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, NodeSettings> _nodes = new(StringComparer.Ordinal);

    /// <summary>Single jobs and arrays by number.</summary>
    private readonly SortedDictionary<int, Submission> _jobs = [];

    /// <summary>What may run now, kept in order.</summary>
    private readonly SortedSet<Job> _ready = new(ReadyOrder.Instance);
    private readonly SortedDictionary<JobId, Job> _placed = [];

    /// <summary>Queued jobs that slots are kept for.</summary>
    private readonly Dictionary<JobId, Job> _reserved = [];
    private readonly PriorityQueue<(JobId Id, Wake For), long> _deadlines = new();

    /// <summary>Jobs that have started or ended, of which those that wait for them have not been told yet.</summary>
    private readonly Queue<Submission> _news = new();
    private readonly List<QueueEffect> _effects = [];
    private readonly int[] _counts = new int[7];
    private readonly Dictionary<string, UserCount> _users = [];
    private int _nextNumber;
    private long _lastRank;

    /// <summary>The time of the step that is being made.</summary>
    private DateTimeOffset _now;

    private enum Wake
    {
        /// <summary>Its Execution_Time has come, or it may be tried again.</summary>
        Start,

        /// <summary>It has been kept for long enough.</summary>
        Forget,

        /// <summary>It waits in a routing queue.</summary>
        Route,
    }

    /// <param name="stored">Of the store; null for a queue made anew, with the usual configuration.</param>
    public JobQueue(JobQueueOptions options, QueueState? stored, DateTimeOffset now)
    {
        _options = options;
        _serverAttribute = new JobAttribute("server", null, options.Server);
        _now = now;
        if (stored is null)
            Configure();
        else
            Restore(stored);
    }

    private long NowMs => _now.ToUnixTimeMilliseconds();

    /// <summary>
    /// Jobs that may run now, in the order to consider them, as lazily as they are asked for. Not to be read on after a
    /// call that changes anything but a comment.
    /// </summary>
    public IEnumerable<QueuedJob> Queued => IsScheduling ? _ready.Select(RequestOf) : [];

    /// <summary>True if the job may run now: it is among <see cref="Queued"/>, or only an operator may start it just now.</summary>
    public bool IsQueued(JobId id) => Find(id) is Job job && _ready.Contains(job);

    public int QueuedCount => IsScheduling ? _ready.Count : 0;

    /// <summary>Jobs that hold slots.</summary>
    public IEnumerable<PlacedJob> Placed => _placed.Values.Select(j => new PlacedJob(j.Id, j.Hosting!.Shares, EndOf(j)));

    /// <summary>By name; nodes that nobody has said anything of are not among them.</summary>
    public IReadOnlyDictionary<string, NodeSettings> Nodes => _nodes;

    /// <summary>When <see cref="Tick"/> has something to do; null for never.</summary>
    public DateTimeOffset? NextDeadline =>
        _deadlines.TryPeek(out _, out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private bool IsScheduling => _server.IsTrue("scheduling");

    /// <summary>All requests but Status of nodes and Run (see <see cref="PrepareRun"/>). Of Terminate it says who may.</summary>
    public Reply Handle(DateTimeOffset now, Caller caller, Request request)
    {
        _now = now;
        try
        {
            var reply = request switch
            {
                Request.Submit r => Submit(caller, r),
                Request.Status r => Status(caller, r),
                Request.Select r => Select(caller, r),
                Request.Delete r => Delete(caller, r),
                Request.Hold r => Hold(caller, r),
                Request.Release r => Release(caller, r),
                Request.Alter r => Alter(caller, r),
                Request.Signal r => Signal(caller, r),
                Request.Rerun r => Rerun(caller, r),
                Request.Move r => Move(caller, r),
                Request.Order r => Order(caller, r),
                Request.Note r => Note(caller, r),
                Request.Manage r => Manage(caller, r),
                Request.Trace r => Trace(r),
                Request.Terminate => Terminate(caller),
                Request.Run => throw new ArgumentException($"not a request of the queue: {request.GetType().Name}", nameof(request)),
                _ => throw new UnreachableException($"request {request.GetType().Name}"),
            };
            SpreadNews();
            return reply with { Server = _options.Server };
        }
        catch (PbsException e)
        {
            SpreadNews();
            return new Reply(e.Error, e.Message, Server: _options.Server);
        }
    }

    public void Tick(DateTimeOffset now)
    {
        _now = now;
        while (_deadlines.TryPeek(out var due, out var at) && at <= NowMs)
        {
            _deadlines.Dequeue();
            if (Find(due.Id) is not Job job)
                continue;
            switch (due.For)
            {
                case Wake.Start: WakeUp(job); break;
                case Wake.Forget: ForgetIfDue(job); break;
                case Wake.Route: RouteAgain(job); break;
            }
        }
        SpreadNews();
    }

    /// <summary>What has to be done since the last time.</summary>
    public IReadOnlyList<QueueEffect> TakeEffects()
    {
        if (_effects.Count == 0)
            return [];
        QueueEffect[] taken = [.. _effects];
        _effects.Clear();
        return taken;
    }

    private void WakeUp(Job job)
    {
        if (job.IsPlaced || job.State == JobState.Complete)
            return;
        var before = job.State;
        Settle(job);
        if (before == JobState.Waiting && job.State != before)
            Touch(job);
    }

    /// <summary>Null if there is no such job.</summary>
    private Submission? Find(JobId id)
    {
        if (!_jobs.TryGetValue(id.Number, out var found))
            return null;
        if (id.Index is { } index)
            return (found as JobArray)?.Element(index);
        return found is JobArray == id.IsArray ? found : null;
    }

    /// <summary>The job as a user names it: a bare number finds an array, too.</summary>
    /// <exception cref="PbsException">There is none.</exception>
    private Submission FindNamed(string name)
    {
        if (!JobId.TryParse(name, out var id, out _))
            throw Refusal.UnknownJob();
        return Find(id) ?? (id.Index is null ? _jobs.GetValueOrDefault(id.Number) : null) ?? throw Refusal.UnknownJob();
    }

    private Job? FindRun(string name, int run) =>
        JobId.TryParse(name, out var id, out _) && Find(id) is Job { IsPlaced: true } job && job.Run == run ? job : null;

    /// <summary>The job itself, or the array's elements, all or those of the range.</summary>
    /// <param name="range">As given to <c>-t</c>; null for all.</param>
    /// <exception cref="PbsException">The range is none, or there is no array.</exception>
    private static List<Job> Members(Submission named, string? range)
    {
        if (range is null)
            return named is JobArray all ? [.. all.ElementsBackwards] : [(Job)named];
        var wanted = ArrayRange.Parse(range) ?? throw Refusal.BadArray();
        if (named is not JobArray array)
            throw Refusal.BadArray();
        List<Job> members = [.. wanted.Indices.Select(array.Element).OfType<Job>().Reverse()];
        return members.Count > 0 ? members : throw Refusal.BadArray();
    }

    /// <summary>An array's elements in order, or the single job.</summary>
    private static IEnumerable<Job> JobsOf(Submission submission) => submission is JobArray array ? array.Elements : [(Job)submission];

    private string Full(Submission job) => job.Id.On(_options.Server);
}
