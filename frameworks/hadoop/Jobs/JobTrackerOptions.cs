namespace Agora.Hadoop.Jobs;

/// <param name="Cluster">Middle part of the job ids: the minute this JobTracker first started, as <c>yyyyMMddHHmm</c>.</param>
/// <param name="Framework">How it subscribes.</param>
/// <param name="TaskTracker">The command that runs a TaskTracker on an agent.</param>
public sealed record JobTrackerOptions(string Cluster, FrameworkInfo Framework, CommandSpec TaskTracker)
{
    /// <summary>Held on an agent as long as a TaskTracker runs there, besides its tasks'.</summary>
    public Resources TaskTrackerResources { get; init; } = Resources.Of(cpus: 0, memMib: 256);

    /// <summary>How long a TaskTracker may take to end its attempts.</summary>
    public TimeSpan TaskTrackerGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Jobs not yet ended; a further submission is refused.</summary>
    public int ActiveJobsMax { get; init; } = 1_000;

    /// <summary>Ended jobs remembered, the oldest forgotten first.</summary>
    public int EndedJobsMax { get; init; } = 100;

    /// <summary>Largest number of maps of one job.</summary>
    public int MapsMax { get; init; } = 100_000;

    /// <summary>Times a reduce may lose its input before that counts as a failure of the reduce.</summary>
    public int LostInputsMax { get; init; } = 10;

    /// <summary>Hosts named in one hint.</summary>
    public int HintHostsMax { get; init; } = 200;

    /// <summary>How jobs take turns.</summary>
    public JobScheduling Scheduling { get; init; } = JobScheduling.Fair;

    /// <summary>Weights of pools by name; one not named weighs 1.</summary>
    public IReadOnlyDictionary<string, decimal> PoolWeights { get; init; } = new Dictionary<string, decimal>();

    /// <summary>How long an attempt runs before it can be found slow.</summary>
    public TimeSpan SpeculativeLag { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often running attempts are looked over for slow ones.</summary>
    public TimeSpan SpeculationInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Times an attempt at a task may end with its TaskTracker before that counts as a failure of the task.</summary>
    public int TrackersLostMax { get; init; } = 3;

    /// <summary>How often the master is asked about attempts of a former life until it has answered.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an offer is refused that no job has a use for; new demand revives it at once.</summary>
    public TimeSpan IdleRefusal { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The shortest refusal for locality, so that a level about to open does not make offers spin.</summary>
    public TimeSpan ShortestRefusal { get; init; } = TimeSpan.FromMilliseconds(20);
}
