using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Agora.Hadoop.Jobs;
using Agora.Sdk;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Hadoop;

/// <summary>
/// The real JobTracker in virtual time: its store always does at once what it is asked, and the attempts it launches
/// only take their time.
/// </summary>
internal sealed class HadoopInstance : IScheduler
{
    private readonly World _world;
    private readonly JobTracker _tracker;
    private readonly SimScheduler _host;
    private readonly Func<TaskSpec, TimeSpan> _duration;
    private readonly bool _hints;
    private readonly Resources? _atLeast;
    private readonly Dictionary<JobId, IReadOnlyList<InputSplit>> _splits = [];

    /// <param name="duration">How long an attempt takes; its label <c>locality</c> says how near to its data it runs.</param>
    /// <param name="hints">False keeps its hints from the master.</param>
    /// <param name="atLeast">Smaller offers are not to be made to it.</param>
    public HadoopInstance(World world, FrameworkInfo framework, Func<TaskSpec, TimeSpan> duration, bool hints, Resources? atLeast = null)
    {
        (_world, _duration, _hints, _atLeast) = (world, duration, hints, atLeast);
        _tracker = new JobTracker(new JobTrackerOptions("200001010000", framework, new CommandSpec(["tasktracker"])));
        _host = world.AddScheduler(this);
    }

    /// <summary>When each job was over.</summary>
    public Dictionary<JobId, DateTimeOffset> Ended { get; } = [];

    /// <summary>Told of each job that is over, from within the scheduler's step: it must not call this.</summary>
    public Action<JobId>? JobEnded { get; init; }

    public OfferCounts Counts { get; private set; }

    public SchedulerCall.Subscribe Subscription => _tracker.Subscription with
    {
        Hints = _hints ? _tracker.Subscription.Hints : [],
        Filters = (_tracker.Subscription.Filters ?? FrameworkFilters.None) with { AtLeast = _atLeast },
    };

    public DateTimeOffset? NextDeadline => _tracker.NextDeadline;

    public void Start() => _host.Start();

    public JobStatus Status(JobId job) => _tracker.Status(job)!;

    /// <summary>Submits a job whose input is already cut.</summary>
    public JobId Submit(IReadOnlyDictionary<string, string> conf, IReadOnlyList<InputSplit> splits)
    {
        var job = _tracker.ReserveJobId(_world.Events.Now)!.Value;
        _splits.Add(job, splits);
        List<SchedulerCall> calls = [];
        Tell(new JobTrackerEvent.Submitted(job, new JobSubmission("user", new Dictionary<string, string>(conf)
        {
            [JobConf.OutputPath] = $"hdfs://store/{job}",
        }, [])), calls);
        foreach (var call in calls)
            _host.Call(call);
        return job;
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        Counts = Counts.With(e);
        if (e is SchedulerEvent.Update { Status: { State: TaskState.Finished } status } update)
        {
            var report = new AttemptReport([], $"http://{status.AgentId}/{status.TaskId}");
            e = update with { Status = status with { Data = JsonSerializer.SerializeToUtf8Bytes(report, JobsJson.Default.AttemptReport) } };
        }
        Step(calls, made => _tracker.Handle(now, e, made));
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls) => Step(calls, made => _tracker.Tick(now, made));

    private void Tell(JobTrackerEvent e, ICollection<SchedulerCall> calls) =>
        Step(calls, made => _tracker.Handle(_world.Events.Now, e, made));

    private void Step(ICollection<SchedulerCall> calls, Action<ICollection<SchedulerCall>> step)
    {
        List<SchedulerCall> made = [];
        step(made);
        foreach (var call in made)
            Send(call, calls);
        // Its journal is never read again.
        _tracker.TakeRecords();
        foreach (var effect in _tracker.TakeEffects())
            CarryOut(effect, calls);
    }

    private void Send(SchedulerCall call, ICollection<SchedulerCall> calls)
    {
        Counts = Counts.With(call);
        switch (call)
        {
            case SchedulerCall.UpdateHints when !_hints: break;
            case SchedulerCall.SetFilters(var filters): calls.Add(new SchedulerCall.SetFilters(filters with { AtLeast = _atLeast })); break;
            case SchedulerCall.Accept accept: calls.Add(accept with { Tasks = [.. accept.Tasks.Select(Simulated)] }); break;
            default: calls.Add(call); break;
        }
    }

    private void CarryOut(JobTrackerEffect effect, ICollection<SchedulerCall> calls)
    {
        JobTrackerEvent? answer = effect switch
        {
            JobTrackerEffect.Prepare(var job, _) => new JobTrackerEvent.Prepared(job, _splits[job]),
            JobTrackerEffect.CommitAttempt(var attempt, _) => new JobTrackerEvent.AttemptCommitted(attempt),
            JobTrackerEffect.CommitJob(var job, _, _) => new JobTrackerEvent.JobCommitted(job),
            JobTrackerEffect.AbortJob(var job, _, _) => throw new WrongOutputException($"{job} failed: {Status(job).FailureInfo}"),
            JobTrackerEffect.Refuse(var job, var reason) => throw new WrongOutputException($"{job} was refused: {reason}"),
            JobTrackerEffect.JobEnded => null,
            _ => throw new UnreachableException($"effect {effect.GetType().Name}"),
        };
        if (effect is JobTrackerEffect.JobEnded(var ended, _))
        {
            Ended[ended] = _world.Events.Now;
            JobEnded?.Invoke(ended);
        }
        if (answer is not null)
            Tell(answer, calls);
    }

    private TaskSpec Simulated(TaskSpec task) =>
        task with { Data = Encoding.UTF8.GetBytes(string.Join(' ', new TaskBody(_duration(task), 0).Words)) };
}
