using System.Text.Json;
using Agora.Hadoop.Jobs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>A JobTracker in virtual time, its master played by the test.</summary>
internal sealed class JobTrackerHarness
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 16, 44, 0, TimeSpan.Zero));
    private readonly List<SchedulerCall> _calls = [];
    private int _offers;

    private readonly List<JobTrackerRecord> _journal = [];

    public JobTrackerHarness(JobScheduling scheduling = JobScheduling.Fair) => Tracker = NewTracker(scheduling);

    public JobTracker Tracker { get; private set; }

    /// <summary>Everything the JobTracker has written down so far.</summary>
    public IReadOnlyList<JobTrackerRecord> Journal => _journal;

    public Resources AgentSize { get; init; } = Resources.Of(2, 2048);

    /// <summary>Calls of the last step.</summary>
    public IReadOnlyList<SchedulerCall> Calls => _calls;

    /// <summary>The store does not answer to commits.</summary>
    public bool HoldCommits { get; set; }

    public IReadOnlyList<JobTrackerEffect> Effects { get; private set; } = [];

    /// <summary>Everything launched and not yet ended, by task.</summary>
    public SortedDictionary<TaskId, TaskSpec> Running { get; } = [];

    /// <summary>Kills the JobTracker and starts another on its journal, which has gone through its text form.</summary>
    public void Restart()
    {
        Tracker = NewTracker(JobScheduling.Fair);
        Tracker.Restore(_time.GetUtcNow(), _journal.Select(r => JsonSerializer.Deserialize(
            JsonSerializer.Serialize(r, JobsJson.Default.JobTrackerRecord), JobsJson.Default.JobTrackerRecord)!));
        Step(_ => { });
        Tell(new SchedulerEvent.Subscribed(new FrameworkId("f"), 1, TimeSpan.FromSeconds(5), Resources.Empty));
    }

    /// <summary>Lets the JobTracker's own deadlines pass.</summary>
    public void Tick() => Step(calls => Tracker.Tick(_time.GetUtcNow(), calls));

    public void Progress(TaskId task, double fraction) => Tell(new SchedulerEvent.Message(
        Running[task].AgentId, new ExecutorId("tasktracker"), JsonSerializer.SerializeToUtf8Bytes(
            new TrackerProgress([new AttemptProgress(task.Value, fraction, null)]), JobsJson.Default.TrackerProgress)));

    public void Advance(TimeSpan time) => _time.Advance(time);

    /// <summary>Submits a job with a split for each list of hosts.</summary>
    public JobId Submit(string[][] splits, params (string Name, string Value)[] conf)
    {
        var id = Tracker.ReserveJobId(_time.GetUtcNow())!.Value;
        var properties = conf.ToDictionary(c => c.Name, c => c.Value);
        properties[JobConf.OutputPath] = $"hdfs://h/out{id.Number}";
        Tell(new JobTrackerEvent.Submitted(id, new JobSubmission("ann", properties, [])));
        Assert.IsType<JobTrackerEffect.Prepare>(Assert.Single(Effects));
        Tell(new JobTrackerEvent.Prepared(id,
            [.. splits.Select((hosts, i) => new InputSplit("hdfs://h/in", i * 100, 100, hosts, i))]));
        return id;
    }

    public void Tell(JobTrackerEvent e) => Step(calls => Tracker.Handle(_time.GetUtcNow(), e, calls));

    public void Tell(SchedulerEvent e) => Step(calls => Tracker.Handle(_time.GetUtcNow(), e, calls));

    /// <summary>Offers all of one agent for each name; <c>node1</c> and <c>node2</c> are in rack 1, others in rack 2.</summary>
    public void Offer(params string[] hosts) => Tell(new SchedulerEvent.Offers([.. hosts.Select(h => new Offer(
        new OfferId(1, ++_offers), new FrameworkId("f"), new AgentId(h), h, "127.0.0.1", 80, AgentSize,
        Attributes.Parse($"rack:{(h is "node1" or "node2" ? "r1" : "r2")}"), [], _time.GetUtcNow()))]));

    public TaskSpec[] Launched => [.. Calls.OfType<SchedulerCall.Accept>().SelectMany(a => a.Tasks)];

    public SchedulerCall.Decline Declined => Assert.Single(Calls.OfType<SchedulerCall.Decline>());

    public void Finish(TaskId task) => End(task, TaskState.Finished, new AttemptReport(
        new() { ["My Group"] = new() { ["lines"] = 1 } }, $"http://{Running[task].AgentId}/out"));

    public void Fail(TaskId task, params string[] lostMaps) => End(task, TaskState.Failed,
        new AttemptReport(LostMapOutputs: lostMaps.Length > 0 ? lostMaps : null, LogTail: "it said why"));

    public void End(TaskId task, TaskState state, AttemptReport? report = null, StatusReason reason = StatusReason.None)
    {
        var agent = Running[task].AgentId;
        Running.Remove(task);
        Tell(new SchedulerEvent.Update(new TaskStatus(task, state, StatusSource.Executor, reason, "exit 3",
            _time.GetUtcNow(), agent, Data: report is null ? default
                : JsonSerializer.SerializeToUtf8Bytes(report, JobsJson.Default.AttemptReport))));
    }

    /// <summary>Ends every running task well, and whatever is committed by it, until nothing is left to do.</summary>
    public void FinishAll()
    {
        while (Running.Count > 0)
            Finish(Running.Keys.First());
    }

    public JobStatus Status(JobId id) => Tracker.Status(id)!;

    private static JobTracker NewTracker(JobScheduling scheduling) => new(new JobTrackerOptions(
        "202611221644", new FrameworkInfo(new FrameworkId("f"), "hadoop"), new CommandSpec(["agora-hadoop", "tasktracker"]))
    {
        Scheduling = scheduling,
        PoolWeights = new Dictionary<string, decimal> { ["heavy"] = 3 },
    });

    private void Step(Action<ICollection<SchedulerCall>> step)
    {
        _calls.Clear();
        step(_calls);
        foreach (var task in Launched)
            Running.Add(task.Id, task);
        _journal.AddRange(Tracker.TakeRecords().Records);
        Effects = Tracker.TakeEffects();
        foreach (var effect in Effects)
        {
            JobTrackerEvent? answer = effect switch
            {
                JobTrackerEffect.CommitAttempt e when !HoldCommits => new JobTrackerEvent.AttemptCommitted(e.Attempt),
                JobTrackerEffect.CommitJob e => new JobTrackerEvent.JobCommitted(e.JobId),
                JobTrackerEffect.AbortJob e => new JobTrackerEvent.JobAborted(e.JobId),
                _ => null,
            };
            if (answer is not null)
                Tell(answer);
        }
    }
}
