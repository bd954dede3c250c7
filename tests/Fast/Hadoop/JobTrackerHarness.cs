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

    public JobTracker Tracker { get; } = new(new JobTrackerOptions(
        "202611221644", new FrameworkInfo(null, "hadoop"), new CommandSpec(["agora-hadoop", "tasktracker"])));

    public Resources AgentSize { get; init; } = Resources.Of(2, 2048);

    /// <summary>Calls of the last step.</summary>
    public IReadOnlyList<SchedulerCall> Calls => _calls;

    public IReadOnlyList<JobTrackerEffect> Effects { get; private set; } = [];

    /// <summary>Everything launched and not yet ended, by task.</summary>
    public SortedDictionary<TaskId, TaskSpec> Running { get; } = [];

    public void Advance(TimeSpan time) => _time.Advance(time);

    /// <summary>Submits a job with a split for each list of hosts.</summary>
    public JobId Submit(string[][] splits, params (string Name, string Value)[] conf)
    {
        var id = Tracker.ReserveJobId()!.Value;
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

    public void End(TaskId task, TaskState state, AttemptReport? report = null)
    {
        var agent = Running[task].AgentId;
        Running.Remove(task);
        Tell(new SchedulerEvent.Update(new TaskStatus(task, state, StatusSource.Executor, StatusReason.None, "exit 3",
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

    private void Step(Action<ICollection<SchedulerCall>> step)
    {
        _calls.Clear();
        step(_calls);
        foreach (var task in Launched)
            Running.Add(task.Id, task);
        Effects = Tracker.TakeEffects();
        foreach (var effect in Effects)
        {
            JobTrackerEvent? answer = effect switch
            {
                JobTrackerEffect.CommitAttempt e => new JobTrackerEvent.AttemptCommitted(e.Attempt),
                JobTrackerEffect.CommitJob e => new JobTrackerEvent.JobCommitted(e.JobId),
                JobTrackerEffect.AbortJob e => new JobTrackerEvent.JobAborted(e.JobId),
                _ => null,
            };
            if (answer is not null)
                Tell(answer);
        }
    }
}
