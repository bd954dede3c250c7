using System.Globalization;
using System.Text;
using Agora.Sdk;
using Agora.Simulation;
using Agora.Spark;
using Agora.Spark.Scheduling;
using TaskEnd = Agora.Spark.TaskReport;

namespace Agora.Workloads.Simulated.Spark;

/// <summary>The real scheduler of a Spark application in virtual time; its executors only let tasks take theirs.</summary>
internal sealed class SparkInstance : ITaskSource, IScheduler
{
    private readonly World _world;
    private readonly SparkScheduler _scheduler;
    private readonly SimScheduler _host;
    private readonly bool _hints;
    private readonly TimeSpan _load;
    private readonly Func<int, int, SparkTaskTime> _time;
    private Action? _ended;

    /// <param name="executorMib">Held on each agent with an executor, for what it keeps.</param>
    /// <param name="load">What an executor takes to get what all its tasks read.</param>
    /// <param name="time">Of a task, by its stage and number.</param>
    /// <param name="hints">False keeps its hints from the master.</param>
    public SparkInstance(World world, FrameworkInfo framework, int executorMib, TimeSpan load, Func<int, int, SparkTaskTime> time, bool hints)
    {
        (_world, _load, _time, _hints) = (world, load, time, hints);
        _scheduler = new SparkScheduler(new SparkSchedulerOptions(framework, new ExecutorSpec(new ExecutorId("executor"), "executor",
            new CommandSpec(["executor"]), Resources.Of(0, executorMib), TimeSpan.FromSeconds(1))), this);
        _host = world.AddScheduler(this);
    }

    public OfferCounts Counts { get; private set; }

    /// <summary>Tasks that read what their executor had kept, and tasks that made what it then kept.</summary>
    public (int Again, int Fresh) Kept { get; private set; }

    public SchedulerCall.Subscribe Subscription => _hints ? _scheduler.Subscription : _scheduler.Subscription with { Hints = [] };

    public DateTimeOffset? NextDeadline => _scheduler.NextDeadline;

    public void Start() => _host.Start();

    /// <summary>Runs tasks that depend on no others.</summary>
    /// <param name="stage">Each time another.</param>
    /// <param name="hostsOf">Where a task's input lies.</param>
    /// <param name="ended">Told when they are done, from within the scheduler's step: it must not call this.</param>
    public void Run(int stage, int tasks, Func<int, IReadOnlyList<string>> hostsOf, Action ended)
    {
        _ended = ended;
        List<SchedulerCall> calls = [];
        _scheduler.Submit(_world.Events.Now, new JobSpec(stage, $"job {stage}",
            new StageSpec(stage, $"stage {stage}", tasks, null, [], hostsOf, task => _time(stage, task).Kept is { } rdd ? [new BlockId(rdd, task)] : []), [.. Enumerable.Range(0, tasks)]), calls);
        foreach (var call in calls.Where(IsSent))
            _host.Call(call);
        _host.Nudge();
    }

    /// <summary>The application is over, and its executors with it.</summary>
    public void Stop() => _host.Call(new SchedulerCall.Teardown());

    public ISimExecutor Executor(SimContainer container) => new SimSparkExecutor(_world, this, container, _load);

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        Counts = Counts.With(e);
        Step(calls, made => _scheduler.Handle(now, e, made));
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls) => Step(calls, made => _scheduler.Tick(now, made));

    void ITaskSource.Starting(StageSpec stage, int stageAttempt, IReadOnlyDictionary<int, IReadOnlyList<MapOutput>> outputs,
        IReadOnlyDictionary<BlockId, IReadOnlyList<string>> cached)
    {
    }

    ReadOnlyMemory<byte> ITaskSource.DataOf(StageSpec stage, int stageAttempt, int partition, int attempt) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{stage.Id} {partition}"));

    /// <summary>What a task has to do, from what its data says.</summary>
    public (SparkTaskTime Time, int Partition) TimeOf(TaskSpec task)
    {
        var words = Encoding.ASCII.GetString(task.Data.Span).Split(' ');
        var partition = int.Parse(words[1], CultureInfo.InvariantCulture);
        return (_time(int.Parse(words[0], CultureInfo.InvariantCulture), partition), partition);
    }

    /// <summary>An executor has met a block that it had kept, or not.</summary>
    public void Met(bool isKept) => Kept = isKept ? (Kept.Again + 1, Kept.Fresh) : (Kept.Again, Kept.Fresh + 1);

    void ITaskSource.Result(JobSpec job, int partition, TaskEnd.Succeeded report)
    {
    }

    void ITaskSource.Mapped(StageSpec stage, int partition, TaskEnd.Succeeded report)
    {
    }

    void ITaskSource.Ended(JobSpec job, JobFailure? failure)
    {
        if (failure is not null)
            throw new WrongOutputException($"{job.Name} failed: {failure.Reason}");
        _ended!();
    }

    private void Step(ICollection<SchedulerCall> calls, Action<ICollection<SchedulerCall>> step)
    {
        List<SchedulerCall> made = [];
        step(made);
        foreach (var call in made.Where(IsSent))
        {
            Counts = Counts.With(call);
            calls.Add(call);
        }
    }

    private bool IsSent(SchedulerCall call) => _hints || call is not SchedulerCall.UpdateHints;
}
