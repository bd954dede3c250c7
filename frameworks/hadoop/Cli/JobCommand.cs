using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Cli;

/// <summary><c>hadoop job</c>, with the words of Hadoop 1.</summary>
internal static class JobCommand
{
    private const int Failure = 255;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        // Generic options name a cluster; there is one only.
        args = [.. args.Where(a => !a.StartsWith("-Dmapred.job.tracker=", StringComparison.Ordinal))];
        using var client = new JobClient(Cluster.JobTracker);
        return args switch
        {
            ["-list"] => await ListAsync(client, all: false),
            ["-list", "all"] => await ListAsync(client, all: true),
            ["-status", var id] => await StatusAsync(client, id),
            ["-kill", var id] => await KillAsync(client, id),
            ["-counter", var id, var group, var name] => await CounterAsync(client, id, group, name),
            _ => Usage(),
        };
    }

    private static async Task<int> ListAsync(JobClient client, bool all)
    {
        var jobs = await client.ListAsync();
        var shown = all ? jobs : [.. jobs.Where(j => j.State is JobState.Running or JobState.Prep)];
        if (all)
        {
            Console.WriteLine($"{jobs.Length} jobs submitted");
            Console.WriteLine("States are:");
            Console.WriteLine("\tRunning : 1\tSucceded : 2\tFailed : 3\tPrep : 4");
        }
        else
        {
            Console.WriteLine($"{shown.Length} jobs currently running");
        }
        Console.WriteLine("JobId\tState\tStartTime\tUserName\tPriority\tSchedulingInfo");
        foreach (var job in shown)
            Console.WriteLine($"{job.JobId}\t{(int)job.State}\t{job.StartTimeMs}\t{job.User}\t{job.Priority}\tNA");
        return 0;
    }

    private static async Task<int> StatusAsync(JobClient client, string id)
    {
        if (await FindAsync(client, id) is not { } job)
            return Failure;
        Console.WriteLine();
        Console.WriteLine($"Job: {job.JobId}");
        using (var stores = Cluster.OpenStores())
        {
            _ = JobId.TryParse(job.JobId, out var parsed);
            Console.WriteLine($"file: {stores.Default.Prefix}{OutputPaths.Staging(job.User, parsed)}/job.xml");
        }
        Console.WriteLine($"tracking URL: {client.TrackingUrl(job.JobId)}");
        Console.WriteLine($"map() completion: {JavaNumber(job.MapProgress)}");
        Console.WriteLine($"reduce() completion: {JavaNumber(job.ReduceProgress)}");
        if (job.FailureInfo is not null)
            Console.WriteLine($"Failure Info: {job.FailureInfo}");
        Console.WriteLine();
        Console.WriteLine($"Counters: {job.Counters.Sum(g => g.Value.Count)}");
        foreach (var (group, names) in job.Counters)
        {
            Console.WriteLine($"\t{group}");
            foreach (var (name, value) in names)
                Console.WriteLine($"\t\t{name}={value}");
        }
        return 0;
    }

    private static async Task<int> KillAsync(JobClient client, string id)
    {
        if (await FindAsync(client, id) is null)
            return Failure;
        await client.KillAsync(id);
        Console.WriteLine($"Killed job {id}");
        return 0;
    }

    private static async Task<int> CounterAsync(JobClient client, string id, string group, string name)
    {
        if (await FindAsync(client, id) is not { } job)
            return Failure;
        // A user's own group is named as it was reported; the engine's go by their internal names only.
        var (shownGroup, shownName) = CounterNames.FromInternal(group, name) ?? (group, name);
        var isInternal = shownGroup != group;
        var isEngines = job.Counters.ContainsKey(group) && group is CounterNames.Framework or CounterNames.Job;
        Console.WriteLine(isInternal || !isEngines
            ? job.Counters.GetValueOrDefault(shownGroup)?.GetValueOrDefault(shownName) ?? 0 : 0);
        return 0;
    }

    private static async Task<JobStatus?> FindAsync(JobClient client, string id)
    {
        if (!JobId.TryParse(id, out _))
        {
            Console.Error.WriteLine("Exception in thread \"main\" java.lang.IllegalArgumentException: " +
                $"JobId string : {id} is not properly formed");
            Environment.Exit(1);
        }
        var job = await client.StatusAsync(id);
        if (job is null)
            Console.WriteLine($"Could not find job {id}");
        return job;
    }

    /// <summary>As Java prints a float: always with a point.</summary>
    private static string JavaNumber(double value) => ((float)value).ToString("0.0######");

    private static int Usage()
    {
        Console.Error.WriteLine("""
            Usage: JobClient <command> <args>
            	[-status <job-id>]
            	[-counter <job-id> <group-name> <counter-name>]
            	[-kill <job-id>]
            	[-list [all]]

            """);
        return Failure;
    }
}
