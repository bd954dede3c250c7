using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Mom.Launch;

/// <summary>The node a mom works for, and where its files are.</summary>
/// <param name="Name">As the server calls it.</param>
/// <param name="Address">What other nodes reach it at.</param>
/// <param name="Spool">Directory of the mom's own, which everybody may enter.</param>
/// <param name="Bin">Directory of Agora's commands.</param>
/// <param name="ServerHome">Where <c>mom_priv</c> with prologue and epilogue is; null for nowhere.</param>
/// <param name="StateDirectory">What <c>AGORA_HOME</c> says; null where it is not set.</param>
/// <param name="IsHostOfItsOwn">Other nodes do not share its name and its <c>/dev/shm</c>.</param>
/// <param name="HasOwnMounts">What it mounts, nobody else sees, and it is gone with the mom and its jobs.</param>
internal sealed record MomNode(
    string Name, string Address, string Spool, string Bin, string? ServerHome = null, string? StateDirectory = null,
    bool IsHostOfItsOwn = true, bool HasOwnMounts = false)
{
    /// <summary>A script that is longer is kept on disk.</summary>
    private const int ScriptInMemoryBytesMax = 256 << 10;

    /// <summary>Seconds that a prologue or an epilogue may take.</summary>
    public const int SiteSeconds = 300;

    /// <summary>Node files, one a job, which everybody may read.</summary>
    public string Aux => Path.Combine(Spool, "aux");

    /// <summary>Output of running jobs.</summary>
    public string Output => Path.Combine(Spool, "spool");

    /// <summary>Output that could not be carried to where it belongs.</summary>
    public string Undelivered => Path.Combine(Spool, "undelivered");

    /// <summary>A directory for each job with what is its user's alone.</summary>
    public string Jobs => Path.Combine(Spool, "jobs");

    /// <summary><c>ssh</c> and its like as a job sees them.</summary>
    public string Shells => Path.Combine(Spool, "bin");

    /// <summary>For temporary files of everybody, where nodes of this machine must not meet in them.</summary>
    public string Scratch => Path.Combine(Spool, "tmp");

    public string RemoteShell => Path.Combine(Bin, "agora-rsh");

    /// <summary>
    /// A file system in memory with an <c>aux</c> and a <c>jobs</c> of its own, for jobs that are here alone, where there
    /// can be one. Files that live for a moment are costly on a disk: ext4 looks past all inodes that were freed of late.
    /// </summary>
    public string Memory => Path.Combine(Spool, "memory");

    public string NodeFileOf(JobLaunch job) => Path.Combine(RoomOf(job), "aux", job.JobId);

    public string JobDirectoryOf(JobLaunch job) => Path.Combine(RoomOf(job), "jobs", job.JobId);

    /// <summary>Nodes that share a disk see a job's files there; so those of several nodes stay on it.</summary>
    private string RoomOf(JobLaunch job) =>
        HasOwnMounts && job.Hosts.Count == 1 && job.Script.Length <= ScriptInMemoryBytesMax ? Memory : Spool;
}
