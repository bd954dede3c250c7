namespace Agora.Spark.Scheduling;

/// <param name="Framework">How the application subscribes.</param>
/// <param name="Executor">
/// The program that runs its tasks, one on each agent. Its memory is held as long as it runs; tasks hold processors only.
/// </param>
public sealed record SparkSchedulerOptions(FrameworkInfo Framework, ExecutorSpec Executor)
{
    /// <value>Processors of one task, in thousandths (<c>spark.task.cpus</c>).</value>
    public long TaskMilliCpus { get; init; } = 1_000;

    /// <value>Processors all tasks together may hold, in thousandths (<c>spark.cores.max</c>); null for no bound.</value>
    public long? MilliCpusMax { get; init; }

    /// <value>Failures of one task that fail its jobs (<c>spark.task.maxFailures</c>).</value>
    public int TaskFailuresMax { get; init; } = 4;

    /// <value>
    /// Times a task may end with its executor before each further time counts as its failure: so a task that brings
    /// executors down ends its job, and those beside it do not.
    /// </value>
    public int ExecutorLossesMax { get; init; } = 4;

    /// <value>Attempts at a stage in a row that may end for want of its input (<c>spark.stage.maxConsecutiveAttempts</c>).</value>
    public int StageAttemptsMax { get; init; } = 4;

    /// <value>Between a failed fetch and the next attempt at the stage: more of what is lost comes to be known.</value>
    public TimeSpan ResubmitWait { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <value>How long slots of an executor without the task's blocks are let go by (<c>spark.locality.wait.process</c>).</value>
    public TimeSpan ProcessWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <value>The same for hosts without its input, beyond that (<c>spark.locality.wait.node</c>).</value>
    public TimeSpan NodeWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <value>The same for racks, beyond that (<c>spark.locality.wait.rack</c>).</value>
    public TimeSpan RackWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <value>Between pools of jobs (<c>spark.scheduler.mode</c>); where it is Fifo there is but one pool.</value>
    public SchedulingMode Scheduling { get; init; } = SchedulingMode.Fifo;

    /// <value>By name; a pool not named has <see cref="PoolOptions.Default"/>.</value>
    public IReadOnlyDictionary<string, PoolOptions> Pools { get; init; } = new Dictionary<string, PoolOptions>();

    /// <value>Runs a second attempt at a task that takes far longer than others of its stage (<c>spark.speculation</c>).</value>
    public bool Speculation { get; init; }

    /// <value>Part of a stage's tasks that must be done before any of it is called slow.</value>
    public double SpeculationQuantile { get; init; } = 0.75;

    /// <value>Times the median duration beyond which a task is slow.</value>
    public double SpeculationMultiplier { get; init; } = 1.5;

    /// <value>No task is slow before that.</value>
    public TimeSpan SpeculationAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <value>How often running tasks are looked over for slow ones.</value>
    public TimeSpan SpeculationInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <value>How long an offer is refused that nothing has a use for; new demand revives it at once.</value>
    public TimeSpan IdleRefusal { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>The shortest refusal for locality, so that a level about to open does not make offers spin.</value>
    public TimeSpan ShortestRefusal { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <value>How long a task keeps away from a host it has failed on, if there are others.</value>
    public TimeSpan FailedHostPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <value>How long an agent is let go by on which an executor could not start; doubled each time, 60 times at most.</value>
    public TimeSpan FailedStartPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>Between two sets of hints.</value>
    public TimeSpan HintInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <value>Hosts named in one hint.</value>
    public int HintHostsMax { get; init; } = 200;

    /// <value>Ended jobs that are remembered for people.</value>
    public int EndedJobsMax { get; init; } = 200;

    /// <value>Ended stages that are remembered for people.</value>
    public int EndedStagesMax { get; init; } = 500;
}
