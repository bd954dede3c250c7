using System.Globalization;

namespace Agora.Workloads.Recovery;

/// <summary>A process of a run.</summary>
internal sealed record FoundProcess(int Pid, IReadOnlyList<string> Words)
{
    public override string ToString() => $"{Pid} {string.Join(' ', Words)}";
}

/// <summary>The processes that belong to a run: those that name one of its directories on their command line or in their environment.</summary>
internal static class ProcessScan
{
    public static IReadOnlyList<FoundProcess> Of(IReadOnlyList<string> directories)
    {
        List<FoundProcess> found = [];
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
                continue;
            var command = Read(Path.Combine(path, "cmdline"));
            // One that is dead, and only not yet reaped, has none.
            if (command.Length == 0)
                continue;
            var all = command + Read(Path.Combine(path, "environ"));
            if (directories.Any(d => all.Contains(d, StringComparison.Ordinal)))
                found.Add(new FoundProcess(pid, command.TrimEnd('\0').Split('\0')));
        }
        return [.. found.OrderBy(p => p.Pid)];
    }

    /// <summary>Those of a kind.</summary>
    /// <param name="leader">Where the leading master is reached; null if none leads.</param>
    public static IReadOnlyList<FoundProcess> Of(IReadOnlyList<string> directories, Target target, Uri? leader) =>
        [.. Of(directories).Where(p => Is(p.Words, target, leader))];

    internal static bool Is(IReadOnlyList<string> words, Target target, Uri? leader)
    {
        var program = Path.GetFileName(words[0]);
        bool Runs(string name, string verb) => program == name && words.Count > 1 && words[1] == verb;
        bool Leads() => words.Zip(words.Skip(1)).Any(w => w.First == "--port" && w.Second == $"{leader?.Port}");
        return target switch
        {
            Target.Leader => Runs("agora-daemon", "master") && Leads(),
            Target.Standby => Runs("agora-daemon", "master") && leader is not null && !Leads(),
            Target.Election => program is "etcd" || words.Contains("org.apache.zookeeper.server.quorum.QuorumPeerMain"),
            Target.Agent => Runs("agora-daemon", "agent"),
            Target.Supervisor => program == "agora-supervisor",
            Target.Store => Runs("agora-hadoop", "store"),
            Target.JobTracker => Runs("agora-hadoop", "jobtracker"),
            Target.TaskTracker => Runs("agora-hadoop", "tasktracker"),
            Target.BatchServer => program == "agora-torque-server",
            Target.Mom => program == "agora-torque-mom",
            Target.Mpiexec => program == "mpiexec",
            Target.MpiHost => Runs("agora-mpi", "host"),
            Target.SparkDriver => program == "dotnet" && words.Any(w => w.EndsWith("Agora.Spark.Programs.dll", StringComparison.Ordinal)),
            Target.SparkExecutor => program == "agora-spark-executor",
            _ => false,
        };
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended.
        }
    }
}
