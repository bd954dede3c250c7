namespace Agora.Hadoop.Jobs;

/// <param name="Cluster">Middle part of the job ids: the minute this JobTracker started, as <c>yyyyMMddHHmm</c>.</param>
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

    /// <summary>How long an offer is refused that no job has a use for; new demand revives it at once.</summary>
    public TimeSpan IdleRefusal { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The shortest refusal for locality, so that a level about to open does not make offers spin.</summary>
    public TimeSpan ShortestRefusal { get; init; } = TimeSpan.FromMilliseconds(20);
}
