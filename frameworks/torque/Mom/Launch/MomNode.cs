namespace Agora.Torque.Mom.Launch;

/// <summary>The node a mom works for, and where its files are.</summary>
/// <param name="Name">As the server calls it.</param>
/// <param name="Address">What other nodes reach it at.</param>
/// <param name="Spool">Directory of the mom's own, which everybody may enter.</param>
/// <param name="Bin">Directory of Agora's commands.</param>
/// <param name="ServerHome">Where <c>mom_priv</c> with prologue and epilogue is; null for nowhere.</param>
/// <param name="StateDirectory">What <c>AGORA_HOME</c> says; null where it is not set.</param>
/// <param name="IsHostOfItsOwn">Other nodes do not share its name and its <c>/dev/shm</c>.</param>
internal sealed record MomNode(
    string Name, string Address, string Spool, string Bin, string? ServerHome = null, string? StateDirectory = null,
    bool IsHostOfItsOwn = true)
{
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

    public string NodeFileOf(string jobId) => Path.Combine(Aux, jobId);

    public string JobDirectoryOf(string jobId) => Path.Combine(Jobs, jobId);
}
