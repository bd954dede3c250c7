using System.Text;
using Agora.Cluster;
using Agora.Simulation;
using Agora.Spark;
using Agora.Spark.Scheduling;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>
/// An application on a simulated cluster with the real master and agents: its scheduler, what executors keep in memory, and
/// the files of map outputs, which outlive executors and go with their machine.
/// </summary>
internal sealed class SparkWorld : ITaskSource
{
    private readonly Dictionary<(int Stage, int Attempt), Binary> _binaries = [];
    private readonly Dictionary<(int Job, int Partition), int> _results = [];
    private readonly SimScheduler _sim;

    /// <summary>What an executor reads of an attempt at a stage.</summary>
    internal sealed record Binary(StageSpec Stage, IReadOnlyDictionary<int, IReadOnlyList<MapOutput>> Outputs,
        IReadOnlyDictionary<BlockId, IReadOnlyList<string>> Cached);

    public SparkWorld(ulong seed, MasterOptions options, Func<SparkSchedulerOptions, SparkSchedulerOptions> change)
    {
        World = new World(seed, options) { Executors = c => new SparkWorldExecutor(this, c) };
        Scheduler = new SparkScheduler(change(new SparkSchedulerOptions(
            new FrameworkInfo(null, "app", FailoverTimeout: TimeSpan.FromHours(5)), new ExecutorSpec(new ExecutorId("executor"),
                "executor", new CommandSpec(["executor"]), Resources.Of(0, 256), TimeSpan.FromSeconds(1)))), this);
        _sim = World.AddScheduler(Scheduler);
    }

    public World World { get; }
    public SparkScheduler Scheduler { get; }
    public Dice Dice => World.Dice;
    public DateTimeOffset Now => World.Events.Now;

    /// <summary>Locations of map outputs that can be read, each beginning with its host.</summary>
    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The executor that runs at an agent.</summary>
    public Dictionary<string, SparkWorldExecutor> Executors { get; } = [];

    public Dictionary<int, JobFailure?> Ended { get; } = [];

    /// <summary>Launches of each task of a map stage.</summary>
    public Dictionary<(int Stage, int Partition), int> Launches { get; } = [];

    public double FailChance { get; set; }
    public double FetchFailChance { get; set; }
    public TimeSpan MeanDuration { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After which an executor with nothing to do ends itself; null for never.</summary>
    public TimeSpan? IdleEnd { get; set; }

    public void Start()
    {
        World.Master.Start();
        foreach (var agent in World.Agents)
            agent.Start();
        foreach (var scheduler in World.Schedulers)
            scheduler.Start();
    }

    /// <summary>The driver's own doing, whose calls go out as those that answer events do.</summary>
    public void Do(Action<DateTimeOffset, ICollection<SchedulerCall>> action)
    {
        List<SchedulerCall> calls = [];
        action(Now, calls);
        // Suppress changes nothing that is not so already; it sets the alarm for what the action has made due.
        foreach (var call in calls.Count > 0 ? calls : [Scheduler.Subscription.Suppressed ? new SchedulerCall.Suppress() : new SchedulerCall.Revive()])
            _sim.Call(call);
    }

    public void Submit(JobSpec job) => Do((now, calls) => Scheduler.Submit(now, job, calls));

    /// <summary>The machine fails with all that is on it.</summary>
    public void Crash(SimAgent agent)
    {
        agent.Crash();
        Files.RemoveWhere(f => f.StartsWith(agent.Host + "/", StringComparison.Ordinal));
    }

    public Binary BinaryOf(int stage, int attempt) => _binaries[(stage, attempt)];

    public IEnumerable<int> ResultsOf(int job) => _results.Where(r => r.Key.Job == job).Select(r => r.Key.Partition);

    public string State => string.Join("; ", Scheduler.View().Jobs.Where(j => j.Ended is null).Select(j => $"job {j.Id} waits for stages {string.Join(',', j.StagesLeft)}")) +
        " | " + string.Join("; ", Scheduler.View().Stages.Where(s => s.Phase is not StagePhase.Done and not StagePhase.Dropped)
            .Select(s => $"stage {s.Id}.{s.Attempt} {s.Phase}: {s.Pending} wait, {s.Running} run, {s.Done} of {s.Tasks} done")) +
        $" | {World.Master.Machine?.ExplainFramework("app")?.Summary}";

    void ITaskSource.Starting(StageSpec stage, int stageAttempt, IReadOnlyDictionary<int, IReadOnlyList<MapOutput>> outputs,
        IReadOnlyDictionary<BlockId, IReadOnlyList<string>> cached)
    {
        Checker.Require(_binaries.TryAdd((stage.Id, stageAttempt), new Binary(stage, outputs, cached)), $"stage {stage.Id}.{stageAttempt} begins twice");
        Checker.Require(outputs.Values.All(o => o.All(m => m is not null)), $"stage {stage.Id}.{stageAttempt} begins without all its input");
    }

    ReadOnlyMemory<byte> ITaskSource.DataOf(StageSpec stage, int stageAttempt, int partition, int attempt)
    {
        Launches[(stage.Id, partition)] = Launches.GetValueOrDefault((stage.Id, partition)) + 1;
        return Encoding.UTF8.GetBytes($"{stage.Id} {stageAttempt} {partition}");
    }

    void ITaskSource.Result(JobSpec job, int partition, Agora.Spark.TaskReport.Succeeded report)
    {
        Checker.Require(_results.TryAdd((job.Id, partition), 1), $"result {partition} of job {job.Id} comes twice");
        Checker.Require(!Ended.ContainsKey(job.Id), $"a result of job {job.Id} comes after its end");
        Checker.Require(Encoding.UTF8.GetString(report.Result.Span) == $"{job.FinalStage.Id}/{partition}", "a result is another task's");
    }

    void ITaskSource.Mapped(StageSpec stage, int partition, Agora.Spark.TaskReport.Succeeded report) =>
        Checker.Require(_results.TryAdd((-1 - stage.Id, partition), 1), $"map task {partition} of stage {stage.Id} is told of twice");

    void ITaskSource.Ended(JobSpec job, JobFailure? failure) =>
        Checker.Require(Ended.TryAdd(job.Id, failure), $"job {job.Id} ends twice");
}
