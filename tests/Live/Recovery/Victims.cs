using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Recovery;

/// <summary>Finds processes of a cluster by what they are, and kills them.</summary>
internal static class Victims
{
    /// <summary>Those that belong to one case's jobs; all others are the cluster's.</summary>
    private static readonly HashSet<string> OfJobs = ["supervisor", "task-tracker", "mom", "mpi-host", "spark-executor", "mpiexec", "spark-driver"];

    /// <summary>Kills one process of each kind with <c>kill -9</c>, as near to one moment as can be, and waits until they are dead.</summary>
    public static async Task KillAsync(KeptCluster cluster, JobSet jobs, IReadOnlyList<string> kinds)
    {
        List<int> pids = [];
        foreach (var kind in kinds)
            pids.Add(await FindAsync(cluster, jobs, kind));
        foreach (var pid in pids)
            _ = Libc.kill(pid, Libc.SIGKILL);
        foreach (var pid in pids)
            await Programs.Until($"{pid} to be dead", () => ProcStat.Read(pid) is not { IsZombie: false }, () => string.Join(", ", kinds));
    }

    private static async Task<int> FindAsync(KeptCluster cluster, JobSet jobs, string kind)
    {
        if (!OfJobs.Contains(kind))
            return cluster.Pid(await cluster.NameOfAsync(kind));
        if (kind == "supervisor")
            return jobs.SupervisorOfTask();
        var found = cluster.Processes().Where(p => Is(p.Command, kind)).ToList();
        Assert.True(found.Count > 0, $"no {kind} among\n{string.Join('\n', cluster.Processes())}");
        return found[0].Pid;
    }

    private static bool Is(IReadOnlyList<string> words, string kind)
    {
        var program = Path.GetFileName(words[0]);
        return kind switch
        {
            "task-tracker" => program == "agora-hadoop" && words[1] == "tasktracker",
            "mom" => program == "agora-torque-mom",
            "mpi-host" => program == "agora-mpi" && words[1] == "host",
            "spark-executor" => program == "agora-spark-executor",
            "mpiexec" => program == "mpiexec",
            "spark-driver" => program == "dotnet",
            _ => throw new ArgumentException(kind, nameof(kind)),
        };
    }
}
