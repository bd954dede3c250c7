using System.Diagnostics;
using Agora.Sdk;

namespace Agora.Spark.Scheduling;

/// <summary>
/// An application's scheduler on offers: a state machine without I/O. Jobs come from the driver, events from the master;
/// calls go to the master, and what becomes of jobs to the <see cref="ITaskSource"/>. It knows stages, places and bytes, but
/// no types of records.
/// <para>Laws: a stage runs once all it reads is there, and of it only what is missing; each partition's result is given
/// once, whatever number of attempts there are; a task that fails its allowed times ends its jobs, and what goes with an
/// executor or agent is run again without being counted as its failure; nothing is launched on a stage whose input is lost
/// until that is made anew; a job that ends leaves no task of its own running; offers are asked for only while a task could
/// start.</para>
/// <para>Called from one loop; see <see cref="SchedulerDriver.Post"/>.</para>
/// </summary>
public sealed partial class SparkScheduler : IScheduler
{
    private readonly SparkSchedulerOptions _options;
    private readonly ITaskSource _source;
    private readonly PoolOrder _order;
    private readonly Resources _taskSize, _firstTaskSize;
    private readonly Dictionary<string, PoolRun> _pools = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, JobRun> _jobs = [];

    /// <summary>Those that some job needs.</summary>
    private readonly SortedDictionary<int, StageRun> _stages = [];

    /// <summary>Of those, the ones whose tasks run or wait for offers.</summary>
    private readonly List<StageRun> _running = [];
    private readonly List<StageRun> _failed = [];
    private readonly SortedDictionary<int, ShuffleOutputs> _shuffles = [];
    private readonly BlockRegistry _blocks = new();
    private readonly Dictionary<TaskId, TaskAttempt> _attempts = [];
    private readonly Dictionary<AgentId, AgentEntry> _agents = [];
    private readonly Dictionary<string, int> _agentsOnHost = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _hostsInRack = new(StringComparer.Ordinal);
    private FrameworkInfo _framework;
    private bool _suppressed = true;
    private bool _demandGrew;
    private long _launches;

    /// <summary>Tasks that hold processors.</summary>
    private int _holding;
    private DateTimeOffset? _resubmitAt;
    private DateTimeOffset? _speculateAt;

    public SparkScheduler(SparkSchedulerOptions options, ITaskSource source)
    {
        if (options.TaskMilliCpus <= 0)
            throw new ArgumentException("a task needs processors: set spark.task.cpus to more than 0", nameof(options));
        (_options, _source, _framework) = (options, source, options.Framework);
        _order = new PoolOrder(options.Scheduling);
        _taskSize = Resources.FromScalars(options.TaskMilliCpus, 0);
        _firstTaskSize = _taskSize + options.Executor.Resources;
    }

    public SchedulerCall.Subscribe Subscription => new(_framework, _suppressed, Hints: _hints);

    public DateTimeOffset? NextDeadline => Earlier(_resubmitAt, Earlier(_speculateAt, _hintsAt));

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        if (_resubmitAt <= now)
            Resubmit(now, calls);
        if (_speculateAt <= now)
            FindSlow(now);
        Settle(now, calls);
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed s: _framework = _framework with { Id = s.FrameworkId }; break;
            case SchedulerEvent.Takeover t: _framework = _framework with { Id = t.FrameworkId }; break;
            case SchedulerEvent.Offers o: Offered(now, o.List, calls); break;
            case SchedulerEvent.Update u: Updated(now, u.Status, calls); break;
            case SchedulerEvent.AgentLost a: AgentLost(now, a.AgentId); break;
            case SchedulerEvent.ExecutorLost x: ExecutorLost(now, x); break;
            case SchedulerEvent.RevocationWarning w: Warned(now, w, calls); break;
            case SchedulerEvent.Error { Fatal: true } error:
                EndAll(now, new JobFailure($"the master has ended the application: {error.Text}", null, null, null), calls);
                break;
            // Offers are answered as they come, so none is there to be rescinded; the rest asks nothing of this scheduler.
            case SchedulerEvent.Rescind or SchedulerEvent.Message or SchedulerEvent.Heartbeat or SchedulerEvent.Guarantee or
                SchedulerEvent.Error:
                break;
            default: throw new UnreachableException($"event {e.GetType().Name}");
        }
        Settle(now, calls);
    }

    /// <summary>Runs a job. Its end is told to the <see cref="ITaskSource"/>, from here where there is nothing to run.</summary>
    /// <exception cref="ArgumentException">The job is not one that can be run: the message says why.</exception>
    public void Submit(DateTimeOffset now, JobSpec job, ICollection<SchedulerCall> calls)
    {
        Check(job);
        var run = new JobRun(job, PoolOf(job), now);
        _jobs.Add(job.Id, run);
        if (job.Partitions.Count == 0)
        {
            End(now, run, null, calls);
            return;
        }
        var stage = new StageRun(job.FinalStage, null, job.Partitions);
        _stages.Add(job.FinalStage.Id, stage);
        Attach(run, stage);
        SubmitStage(now, stage, calls);
        Settle(now, calls);
    }

    /// <summary>Ends a job that runs; nothing happens if it does not.</summary>
    /// <param name="reason">For people, such as <c>cancelled by Ctrl-C</c>.</param>
    public void Cancel(DateTimeOffset now, int jobId, string reason, ICollection<SchedulerCall> calls)
    {
        if (_jobs.TryGetValue(jobId, out var job))
            End(now, job, Cancelled(reason), calls);
        Settle(now, calls);
    }

    /// <summary>Ends all jobs of a group.</summary>
    public void CancelGroup(DateTimeOffset now, string group, string reason, ICollection<SchedulerCall> calls)
    {
        foreach (var job in _jobs.Values.Where(j => j.Spec.Group == group).ToArray())
            End(now, job, Cancelled(reason), calls);
        Settle(now, calls);
    }

    /// <summary>Ends all jobs.</summary>
    public void CancelAll(DateTimeOffset now, string reason, ICollection<SchedulerCall> calls)
    {
        EndAll(now, Cancelled(reason), calls);
        Settle(now, calls);
    }

    /// <summary>A dataset is no longer persisted: what is kept of it does not count any more.</summary>
    public void Unpersist(int rddId)
    {
        foreach (var block in _blocks.Forget(rddId))
            Replace(block);
    }

    /// <summary>No dataset can read the shuffle any more: its outputs are forgotten, unless a job is at them.</summary>
    /// <returns>False if a job needs it.</returns>
    public bool ForgetShuffle(int shuffleId)
    {
        if (_stages.Values.Any(s => s.Spec.ShuffleId == shuffleId || s.Spec.Parents.Any(p => p.Stage.ShuffleId == shuffleId)))
            return false;
        _shuffles.Remove(shuffleId);
        return true;
    }

    private void Check(JobSpec job)
    {
        var stage = job.FinalStage;
        if (_jobs.ContainsKey(job.Id))
            throw new ArgumentException($"job {job.Id} runs already", nameof(job));
        if (stage.ShuffleId is not null)
            throw new ArgumentException($"the last stage of job {job.Id} writes a shuffle", nameof(job));
        if (_stages.ContainsKey(stage.Id))
            throw new ArgumentException($"the last stage of job {job.Id} is another job's", nameof(job));
        var seen = new HashSet<int>();
        foreach (var partition in job.Partitions)
        {
            if (partition < 0 || partition >= stage.TaskCount)
                throw new ArgumentException($"job {job.Id} wants partition {partition} of {stage.TaskCount}", nameof(job));
            if (!seen.Add(partition))
                throw new ArgumentException($"job {job.Id} wants partition {partition} twice", nameof(job));
        }
    }

    private PoolRun PoolOf(JobSpec job)
    {
        var name = _options.Scheduling == SchedulingMode.Fair ? job.Pool : "";
        if (!_pools.TryGetValue(name, out var pool))
            _pools[name] = pool = new PoolRun(name, _options.Pools.GetValueOrDefault(name) ?? PoolOptions.Default);
        return pool;
    }

    private static JobFailure Cancelled(string reason) => new(reason, null, null, null, IsCancelled: true);

    /// <summary>Brings suppression, deadlines and hints in line with what the stages now want.</summary>
    private void Settle(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        var wanted = false;
        foreach (var stage in _running)
            wanted |= stage.HasWork;
        if (wanted && (_suppressed || _demandGrew))
            calls.Add(new SchedulerCall.Revive());
        else if (!wanted && !_suppressed)
            calls.Add(new SchedulerCall.Suppress());
        _suppressed = !wanted;
        _demandGrew = false;
        if (!_options.Speculation || _running.Count == 0)
            _speculateAt = null;
        else
            _speculateAt ??= now + _options.SpeculationInterval;
        PublishHints(now, calls);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;
}
