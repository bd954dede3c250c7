using Agora.Spark;
using Agora.Spark.Scheduling;
using Xunit;
using Report = Agora.Spark.TaskReport;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>A task as it was launched.</summary>
internal sealed record LaunchedTask(TaskSpec Spec, int Stage, int StageAttempt, int Partition, int Attempt, string Host)
{
    public string Locality => Spec.Labels!["locality"];
}

/// <summary>
/// A scheduler, a clock and nodes that are offered on request: events go in, calls come out. Each node runs the
/// application's executor from its first task on.
/// </summary>
internal sealed class SchedulerBench : ITaskSource
{
    public static readonly ExecutorSpec Executor = new(new ExecutorId("executor"), "executor", new CommandSpec(["executor"]),
        Resources.Of(0, 512), TimeSpan.FromSeconds(5));

    private readonly Dictionary<string, BenchNode> _nodes = [];
    private readonly Dictionary<TaskId, LaunchedTask> _live = [];
    private int _offers, _sequence;

    private sealed class BenchNode(int cpus, string? rack)
    {
        public int Free { get; set; } = cpus;
        public string? Rack => rack;
        public bool HasExecutor { get; set; }
    }

    public SchedulerBench(Func<SparkSchedulerOptions, SparkSchedulerOptions>? change = null)
    {
        var options = new SparkSchedulerOptions(new FrameworkInfo(null, "app"), Executor);
        Scheduler = new SparkScheduler(change?.Invoke(options) ?? options, this);
    }

    public SparkScheduler Scheduler { get; }
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;
    public List<SchedulerCall> Calls { get; } = [];
    public List<string> Log { get; } = [];
    public Dictionary<(int Job, int Partition), string> Results { get; } = [];
    public Dictionary<int, JobFailure?> Ended { get; } = [];
    public Dictionary<(int Stage, int Attempt), IReadOnlyDictionary<int, IReadOnlyList<MapOutput>>> Outputs { get; } = [];
    public Dictionary<(int Stage, int Attempt), IReadOnlyDictionary<BlockId, IReadOnlyList<string>>> Cached { get; } = [];
    public IReadOnlyCollection<LaunchedTask> Live => _live.Values;
    public Exception? FailsStarting { get; set; }

    /// <summary>Stages that have begun, in order, as <c>stage.attempt</c>.</summary>
    public List<string> Started { get; } = [];

    public SchedulerBench WithNodes(params string[] hosts)
    {
        foreach (var host in hosts)
            Node(host, 1);
        return this;
    }

    public SchedulerBench Node(string host, int cpus, string? rack = null)
    {
        _nodes[host] = new BenchNode(cpus, rack);
        return this;
    }

    public static AgentId AgentOf(string host) => new($"agent-{host}");

    /// <summary>A map stage of shuffle <paramref name="id"/>, or a last one.</summary>
    public static StageSpec Stage(int id, int tasks, StageSpec[]? parents = null, Func<int, string[]>? hosts = null,
        Func<int, BlockId[]>? cached = null, bool isLast = false, PersistedRdd[]? hidden = null) =>
        new(id, $"stage {id}", tasks, isLast ? null : id, [.. (parents ?? []).Select(p => new StageParent(p, hidden ?? []))],
            p => hosts?.Invoke(p) ?? [], p => cached?.Invoke(p) ?? []);

    public SchedulerBench Submit(int id, StageSpec last, int[]? partitions = null, string? group = null, string pool = "default")
    {
        Scheduler.Submit(Now, new JobSpec(id, $"job {id}", last, partitions ?? [.. Enumerable.Range(0, last.TaskCount)], group, pool), Calls);
        return this;
    }

    /// <summary>Offers what is free on the nodes, in one event, and does as is answered.</summary>
    /// <returns>The tasks launched on them.</returns>
    public IReadOnlyList<LaunchedTask> Offer(params string[] hosts)
    {
        var offers = new Dictionary<OfferId, (string Host, Offer Offer)>();
        foreach (var host in hosts.Length > 0 ? hosts : [.. _nodes.Keys])
        {
            var node = _nodes[host];
            if (node.Free == 0)
                continue;
            var id = new OfferId(1, ++_offers);
            offers.Add(id, (host, new Offer(id, new FrameworkId("app"), AgentOf(host), host, host, 5051, Resources.Of(node.Free, 4096),
                node.Rack is { } rack ? Attributes.Parse($"rack:{rack}") : Attributes.Empty,
                node.HasExecutor ? [Executor.Id] : [], Now + TimeSpan.FromMinutes(1))));
        }
        var before = Calls.Count;
        Scheduler.Handle(Now, new SchedulerEvent.Offers([.. offers.Values.Select(o => o.Offer)]), Calls);
        var launched = new List<LaunchedTask>();
        foreach (var accept in Calls.Skip(before).OfType<SchedulerCall.Accept>())
        {
            var (host, offer) = offers[Assert.Single(accept.Offers)];
            var node = _nodes[host];
            node.Free -= accept.Tasks.Count;
            node.HasExecutor = true;
            Assert.True(node.Free >= 0, $"{accept.Tasks.Count} tasks were launched on {host}, which is too many");
            foreach (var task in accept.Tasks)
            {
                Assert.Equal(offer.AgentId, task.AgentId);
                Assert.Equal(Executor, task.Executor);
                Assert.Equal(Resources.Of(1, 0), task.Resources);
                var words = System.Text.Encoding.UTF8.GetString(task.Data.Span).Split(' ').Select(int.Parse).ToArray();
                var one = new LaunchedTask(task, words[0], words[1], words[2], words[3], host);
                _live.Add(task.Id, one);
                launched.Add(one);
            }
        }
        return launched;
    }

    public LaunchedTask Find(int stage, int partition) => Assert.Single(Live, t => t.Stage == stage && t.Partition == partition);

    /// <summary>The task is done; a map task leaves its output on its host.</summary>
    public void Succeed(LaunchedTask task, params BlockChange[] blocks) => End(task, TaskState.Finished, Success(task) with { Blocks = blocks });

    public static Report.Succeeded Success(LaunchedTask task) => new(
        System.Text.Encoding.UTF8.GetBytes($"{task.Stage}/{task.Partition}"), new MapOutput(LocationOf(task), [0, 100]));

    public static string LocationOf(LaunchedTask task) => $"http://{task.Host}/{task.Spec.Id}";

    public void Fail(LaunchedTask task, string message = "it broke", bool isFinal = false) => End(task, TaskState.Failed,
        new Report.Failed(new TaskError("BadThing", message, ["at Here"], null), isFinal));

    public void FetchFail(LaunchedTask task, int shuffle, int map, string location) =>
        End(task, TaskState.Failed, new Report.FetchFailed(shuffle, map, location, "connection refused"));

    public void End(LaunchedTask task, TaskState state, Report? report, StatusReason reason = StatusReason.None, StatusSource? source = null) =>
        Tell(task, state, report is null ? default : TaskReportForm.Write(report), reason,
            source ?? (report is null ? StatusSource.Agent : StatusSource.Executor));

    public void Tell(LaunchedTask task, TaskState state, ReadOnlyMemory<byte> data = default, StatusReason reason = StatusReason.None,
        StatusSource source = StatusSource.Executor)
    {
        if (state is not (TaskState.Starting or TaskState.Running or TaskState.Killing) && _live.Remove(task.Spec.Id) &&
            _nodes.TryGetValue(task.Host, out var node))
            node.Free++;
        Scheduler.Handle(Now, new SchedulerEvent.Update(new TaskStatus(task.Spec.Id, state, source, reason, "said so", Now,
            AgentOf(task.Host), Executor.Id, source == StatusSource.Master ? 0 : ++_sequence, Data: data)), Calls);
    }

    public void LoseExecutor(string host, bool hasRun = true)
    {
        foreach (var task in Live.Where(t => t.Host == host).ToArray())
            Tell(task, TaskState.Failed, default, hasRun ? StatusReason.ExecutorTerminated : StatusReason.ContainerLaunchFailed, StatusSource.Agent);
        _nodes[host].HasExecutor = false;
        Scheduler.Handle(Now, new SchedulerEvent.ExecutorLost(AgentOf(host), Executor.Id, 137, "killed"), Calls);
    }

    public void LoseAgent(string host)
    {
        foreach (var task in Live.Where(t => t.Host == host).ToArray())
            Tell(task, TaskState.Unreachable, default, StatusReason.AgentUnreachable, StatusSource.Master);
        _nodes.Remove(host);
        Scheduler.Handle(Now, new SchedulerEvent.AgentLost(AgentOf(host), host, "not heard of"), Calls);
    }

    public void Advance(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Scheduler.NextDeadline is { } due && due <= end)
        {
            Now = due > Now ? due : Now;
            Scheduler.Tick(Now, Calls);
            Assert.False(Scheduler.NextDeadline <= Now, "a deadline is never met");
        }
        Now = end;
    }

    /// <summary>Offers all nodes and lets every task succeed, until nothing more is launched.</summary>
    public SchedulerBench RunAll()
    {
        for (var idle = 0; idle < 30;)
        {
            Offer();
            idle = Live.Count == 0 ? idle + 1 : 0;
            foreach (var task in Live.ToArray())
                Succeed(task);
            Advance(idle == 0 ? 0.01 : 0.5);
        }
        return this;
    }

    public T Last<T>() where T : SchedulerCall => Calls.OfType<T>().Last();

    public StageView View(int stage) => Scheduler.View().Stages.First(s => s.Id == stage);

    void ITaskSource.Starting(StageSpec stage, int stageAttempt, IReadOnlyDictionary<int, IReadOnlyList<MapOutput>> outputs,
        IReadOnlyDictionary<BlockId, IReadOnlyList<string>> cached)
    {
        if (FailsStarting is { } failure)
            throw failure;
        Started.Add($"{stage.Id}.{stageAttempt}");
        // Each attempt at a stage has its number once, over all jobs.
        Outputs.Add((stage.Id, stageAttempt), outputs);
        Cached.Add((stage.Id, stageAttempt), cached);
    }

    ReadOnlyMemory<byte> ITaskSource.DataOf(StageSpec stage, int stageAttempt, int partition, int attempt) =>
        System.Text.Encoding.UTF8.GetBytes($"{stage.Id} {stageAttempt} {partition} {attempt}");

    void ITaskSource.Result(JobSpec job, int partition, Report.Succeeded report)
    {
        Assert.DoesNotContain(job.Id, Ended);
        Results.Add((job.Id, partition), System.Text.Encoding.UTF8.GetString(report.Result.Span));
    }

    void ITaskSource.Mapped(StageSpec stage, int partition, Report.Succeeded report) => Log.Add($"mapped {stage.Id}/{partition}");

    void ITaskSource.Ended(JobSpec job, JobFailure? failure) => Ended.Add(job.Id, failure);
}
