using System.Text.Json.Serialization;

namespace Agora.Torque.Jobs.Wire;

/// <summary>
/// What a BatchMom is told at its start, in the data of the task that starts it. The mom then connects to the server
/// (TCP, <see cref="Frames"/>), says <see cref="MomReport.Hello"/>, and connects again whenever the connection is lost.
/// </summary>
/// <param name="Node">The node's name: its agent's hostname.</param>
/// <param name="Address">What other nodes reach it at: host or IP.</param>
/// <param name="Token">Shown to the server.</param>
/// <param name="AgoraHome">The cluster's state directory, for commands within jobs; null where there is none.</param>
/// <param name="ServerHome">Where prologue, epilogue and <c>mom_priv/config</c> are looked for; null for none.</param>
public sealed record MomWelcome(
    string Node, string Address, string ServerHost, int ServerPort, string Token, string Server, string? ServerHome = null,
    string? AgoraHome = null);

/// <summary>What the server orders a mom to do. Orders may come twice; the second time they change nothing.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Join), "join")]
[JsonDerivedType(typeof(Start), "start")]
[JsonDerivedType(typeof(Signal), "signal")]
[JsonDerivedType(typeof(Kill), "kill")]
[JsonDerivedType(typeof(Limit), "limit")]
[JsonDerivedType(typeof(Note), "note")]
[JsonDerivedType(typeof(Forget), "forget")]
public abstract record MomOrder
{
    private MomOrder()
    {
    }

    /// <summary>Be one of the job's nodes: open a remote shell for it, and report its port by <see cref="MomReport.Joined"/>.</summary>
    public sealed record Join(JobLaunch Job) : MomOrder;

    /// <summary>
    /// Run the job's script here, on its first node. The other nodes have joined: their ports are in
    /// <see cref="JobLaunch.Hosts"/>. Answered by <see cref="MomReport.Started"/>, later <see cref="MomReport.Ended"/>.
    /// </summary>
    public sealed record Start(JobLaunch Job) : MomOrder;

    /// <param name="Number">Of the signal; to all processes of the job's session.</param>
    public sealed record Signal(string JobId, int Run, int Number) : MomOrder;

    /// <summary>SIGTERM, and after the time SIGKILL, to all of the job here. Its output is delivered all the same.</summary>
    /// <param name="ExitStatus">What <see cref="MomReport.Ended"/> is to say, whatever the script says; null leaves it.</param>
    public sealed record Kill(string JobId, int Run, int GraceSeconds, int? ExitStatus = null) : MomOrder;

    /// <summary>The job's limits have been altered.</summary>
    public sealed record Limit(string JobId, int Run, JobLimits Limits) : MomOrder;

    /// <summary>A line into the job's output or error file.</summary>
    public sealed record Note(string JobId, int Run, string Text, bool ToError) : MomOrder;

    /// <summary>
    /// The server has on its disk what <see cref="MomReport.Ended"/> said, or has no such job: end all that is left of it
    /// here (a joined node's remote shell, too), and speak of it no more.
    /// </summary>
    public sealed record Forget(string JobId, int Run) : MomOrder;
}

/// <summary>What a mom tells the server.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "of")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Joined), "joined")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Used), "used")]
[JsonDerivedType(typeof(Ended), "ended")]
public abstract record MomReport
{
    private MomReport()
    {
    }

    /// <summary>
    /// First on each connection. What is not in <paramref name="Jobs"/> the mom does not have; what has ended and was not
    /// forgotten yet is reported again right after it.
    /// </summary>
    public sealed record Hello(string Node, string Token, IReadOnlyList<JobRun> Jobs) : MomReport;

    /// <param name="Port">Of the job's remote shell on this node; 0 if it could not be opened, and then why.</param>
    public sealed record Joined(string JobId, int Run, int Port, string? Error = null) : MomReport;

    /// <param name="Session">Process id of the script's session.</param>
    public sealed record Started(string JobId, int Run, int Session) : MomReport;

    public sealed record Used(string JobId, int Run, JobUsage Usage) : MomReport;

    /// <summary>All of the job here has ended and its output is where it belongs. Repeated until it is to be forgotten.</summary>
    /// <param name="ExitStatus">
    /// The script's, 256 + signal if the signal ended the session's leader, or negative: -1 could not be started,
    /// -2 not started and never will be, -3 to be tried again, -9 no output file, -10 over memory, -11 over walltime,
    /// -12 over cput.
    /// </param>
    /// <param name="Message">What went wrong, for the job's comment and mail; null if nothing did.</param>
    public sealed record Ended(
        string JobId, int Run, int ExitStatus, JobUsage Usage, int Session, string? Message = null) : MomReport;
}

/// <summary>A job that a mom has.</summary>
/// <param name="IsFirst">Its script runs here.</param>
/// <param name="HasEnded">An <see cref="MomReport.Ended"/> follows.</param>
/// <param name="Session">0 until the script runs.</param>
public sealed record JobRun(string JobId, int Run, bool IsFirst, bool HasEnded, int Session);

/// <summary>What a job has used so far, over all its nodes as far as they say.</summary>
public sealed record JobUsage(double CputSeconds, long MemBytes, long VmemBytes, double WalltimeSeconds);

/// <summary>What a job may use at most; null for no limit. Times in seconds, sizes in bytes.</summary>
public sealed record JobLimits(
    int? WalltimeSeconds = null, int? CputSeconds = null, int? PcputSeconds = null, long? MemBytes = null,
    long? PmemBytes = null, long? VmemBytes = null, long? PvmemBytes = null, long? FileBytes = null, int? Nice = null);

/// <summary>One of the nodes a job runs on, in the order of <c>exec_host</c>; the first runs the script.</summary>
/// <param name="Slots">Numbers of the slots: <c>0-1,3</c>, as <c>exec_host</c> has them.</param>
/// <param name="Lines">How often the node file names it.</param>
/// <param name="Port">Of the job's remote shell there; 0 while not known.</param>
public sealed record JobHost(string Name, string Address, int Port, string Slots, int Lines);

/// <summary>All that a mom needs to run a job.</summary>
/// <param name="JobId">With the server, as in <c>PBS_JOBID</c>.</param>
/// <param name="Run">Grows each time the job is started; tells late reports of a former run apart.</param>
/// <param name="User">Whom it runs as, and in whose home directory.</param>
/// <param name="Group">Null takes the user's.</param>
/// <param name="Script">The script as submitted.</param>
/// <param name="ScriptArguments">Of <c>-F</c>, as a shell reads them.</param>
/// <param name="Shell">Of <c>-S</c>: the interpreter's path; null leaves it to <c>#!</c> and the login shell.</param>
/// <param name="InitialDirectory">Of <c>-d</c>; null is the home directory.</param>
/// <param name="Variables">The job's Variable_List: PBS_O_* and the user's.</param>
/// <param name="OutputPath">As shown: <c>host:/path</c>, names such as $PBS_JOBID still in it.</param>
/// <param name="JoinPath"><c>oe</c>, <c>eo</c> or <c>n</c>.</param>
/// <param name="KeepFiles"><c>o</c>, <c>e</c>, both, or <c>n</c>.</param>
/// <param name="Umask">Null takes 077.</param>
/// <param name="ResourceList">Resource_List in the order shown, for prologue and epilogue.</param>
/// <param name="Token">What the job's remote shells want to be shown.</param>
/// <param name="NodeCount">Sum of the requested counts: PBS_NUM_NODES.</param>
/// <param name="SlotsOfFirst">PBS_NUM_PPN.</param>
/// <param name="Slots">PBS_NP.</param>
/// <param name="Interactive">Of <c>-I</c>: <c>host:port</c> of the waiting <c>qsub</c>, a blank, and what it wants to be shown.</param>
/// <param name="KillDelaySeconds">Between SIGTERM and SIGKILL.</param>
public sealed record JobLaunch(
    string JobId, int Run, string Name, string User, string? Group, string Queue, string Server, string Account,
    byte[] Script, string? ScriptArguments, string? Shell, string? InitialDirectory, string? RootDirectory,
    IReadOnlyDictionary<string, string> Variables, string OutputPath, string ErrorPath, string JoinPath, string KeepFiles,
    int? Umask, IReadOnlyList<KeyValuePair<string, string>> ResourceList, JobLimits Limits, IReadOnlyList<JobHost> Hosts,
    string Token, int NodeCount, int SlotsOfFirst, int Slots, int? ArrayIndex, int? Threads, int? CpusOfFirst,
    string? Interactive, int KillDelaySeconds);
