using Agora.RemoteShell;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom.Launch;

/// <summary>The environment a job's session begins with, before the login shell has read its profile.</summary>
internal static class JobEnvironment
{
    /// <summary>What the port answers to; programs only ask whether it is a Torque's.</summary>
    public const string Version = "TORQUE-6.1.3";

    private const string UsualPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>What the job's node says whatever the user's variables say.</summary>
    private static readonly string[] OfTheAccount = ["HOME", "USER", "LOGNAME", "SHELL"];

    /// <param name="cookie">32 digits that another job does not have.</param>
    /// <param name="ownPort">Of the job's remote shell here.</param>
    public static IReadOnlyDictionary<string, string> Build(JobLaunch job, MomNode node, UserAccount account, string cookie, int ownPort)
    {
        var variables = new Dictionary<string, string> { ["PATH"] = UsualPath, ["PBS_O_SERVER"] = job.Server, ["PBS_O_QUEUE"] = job.Queue };
        foreach (var (name, value) in job.Variables)
        {
            if (!OfTheAccount.Contains(name))
                variables[name] = value;
        }
        variables["HOME"] = account.Home;
        variables["USER"] = variables["LOGNAME"] = account.Name;
        variables["SHELL"] = account.Shell;
        variables["HOSTNAME"] = node.Name;
        var isInteractive = job.Interactive is not null;
        variables["ENVIRONMENT"] = isInteractive ? "INTERACTIVE" : "BATCH";
        variables["PBS_ENVIRONMENT"] = isInteractive ? "PBS_INTERACTIVE" : "PBS_BATCH";
        variables["PBS_JOBID"] = job.JobId;
        variables["PBS_JOBNAME"] = job.Name;
        variables["PBS_QUEUE"] = job.Queue;
        variables["PBS_SERVER"] = job.Server;
        variables["PBS_NODEFILE"] = node.NodeFileOf(job);
        variables["PBS_GPUFILE"] = node.NodeFileOf(job) + "gpu";
        variables["PBS_MICFILE"] = node.NodeFileOf(job) + "mic";
        variables["PBS_NODENUM"] = variables["PBS_VNODENUM"] = "0";
        variables["PBS_TASKNUM"] = "1";
        variables["PBS_NUM_NODES"] = $"{job.NodeCount}";
        variables["PBS_NUM_PPN"] = $"{job.SlotsOfFirst}";
        variables["PBS_NP"] = $"{job.Slots}";
        variables["PBS_JOBCOOKIE"] = cookie;
        variables["PBS_MOMPORT"] = $"{ownPort}";
        variables["PBS_VERSION"] = Version;
        if (job.InitialDirectory is { } initial)
            variables.TryAdd("PBS_O_INITDIR", initial);
        if (job.RootDirectory is { } root)
            variables.TryAdd("PBS_O_ROOTDIR", root);
        if (job.Limits.WalltimeSeconds is { } walltime)
            variables["PBS_WALLTIME"] = $"{walltime}";
        if (job.ArrayIndex is { } index)
            variables["PBS_ARRAYID"] = variables["PBS_ARRAY_INDEX"] = $"{index}";
        if (job.Threads is { } threads)
            variables.TryAdd("OMP_NUM_THREADS", $"{threads}");
        if (job.CpusOfFirst is { } cpus)
            variables.TryAdd("NCPUS", $"{cpus}");
        if (node.StateDirectory is { } state)
            variables["AGORA_HOME"] = state;
        variables[RemoteHosts.Variable] = RemoteHostsOf(job, node);
        MpiEnvironment.Add(variables, job.Hosts, node, HydraOptionsOf(job, node), OpenMpiHostsOf(job, node));
        return variables;
    }

    public static string RemoteHostsOf(JobLaunch job, MomNode node) => Path.Combine(node.JobDirectoryOf(job), "hosts.json");

    /// <summary>The nodes with their slots, as Open MPI's <c>mpiexec</c> reads them.</summary>
    public static string OpenMpiHostsOf(JobLaunch job, MomNode node) => Path.Combine(node.JobDirectoryOf(job), "openmpi.hosts");

    /// <summary>Default options of Hydra's <c>mpiexec</c>: where its proxies find it.</summary>
    public static string HydraOptionsOf(JobLaunch job, MomNode node) => Path.Combine(node.JobDirectoryOf(job), "hydra.conf");
}
