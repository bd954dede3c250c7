using System.Globalization;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Cli;

/// <summary><c>hadoop job</c> and <c>mapred job</c>, with the words and exit codes of Hadoop 1.</summary>
internal static class JobCommand
{
    private const int Failure = 255;

    public static async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        var args = WithoutGenericOptions(words);
        if (args is ["-history", .. var rest])
            return await HistoryAsync(rest);
        using var client = Cluster.OpenJobTracker();
        return args switch
        {
            ["-list"] => await ListAsync(client, all: false),
            ["-list", "all"] => await ListAsync(client, all: true),
            ["-status", var id] => await StatusAsync(client, id),
            ["-kill", var id] => await KillAsync(client, id),
            ["-counter", var id, var group, var name] => await CounterAsync(client, id, group, name),
            ["-set-priority", var id, var priority] => await SetPriorityAsync(client, id, priority),
            ["-events", var id, var from, var count] => await EventsAsync(client, id, from, count),
            ["-list-active-trackers"] => await TrackersAsync(client),
            ["-list-blacklisted-trackers"] => 0,
            ["-list-attempt-ids", var id, var type, var state] => await AttemptIdsAsync(client, id, type, state),
            ["-kill-task", var attempt] => await KillTaskAsync(client, attempt, asFailed: false),
            ["-fail-task", var attempt] => await KillTaskAsync(client, attempt, asFailed: true),
            ["-logs", var id] => await LogsAsync(client, id, null),
            ["-logs", var id, var attempt] => await LogsAsync(client, id, attempt),
            _ => Usage(),
        };
    }

    /// <summary><c>hadoop queue</c>: the pools take the place of Hadoop's queues, of which there is one.</summary>
    public static int Queue(IReadOnlyList<string> args)
    {
        if (args is not (["-list"] or ["-list", "-showJobs"] or ["-info", "default", ..]))
        {
            Console.Error.WriteLine("Usage: JobQueueClient <command> <args>");
            Console.Error.WriteLine("\t[-list]\n\t[-info <job-queue-name> [-showJobs]]\n");
            return Failure;
        }
        Console.WriteLine("Queue Name : default\nQueue State : running\nScheduling Info : N/A");
        return 0;
    }

    /// <summary>Generic options name a cluster and its properties; there is one cluster only.</summary>
    private static string[] WithoutGenericOptions(IReadOnlyList<string> args)
    {
        List<string> kept = [];
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is "-D" or "-jt" or "-fs" or "-conf")
                i++;
            else if (!args[i].StartsWith("-D", StringComparison.Ordinal))
                kept.Add(args[i]);
        }
        return [.. kept];
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

    private static async Task<int> SetPriorityAsync(JobClient client, string id, string priority)
    {
        if (!JobPriorities.All.Contains(priority))
            return Usage();
        if (await FindAsync(client, id) is null)
            return Failure;
        await client.SetPriorityAsync(id, priority);
        Console.WriteLine("Changed job priority.");
        return 0;
    }

    private static async Task<int> EventsAsync(JobClient client, string id, string from, string count)
    {
        if (!int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var first) ||
            !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var most))
            return Usage();
        if (await FindAsync(client, id) is null || await client.TasksAsync(id) is not { } tasks)
            return Failure;
        var ended = tasks.Attempts.Where(a => a.State != AttemptState.Running).OrderBy(a => a.FinishTimeMs)
            .Skip(first).Take(most).ToList();
        Console.WriteLine($"Task completion events for {id}");
        Console.WriteLine($"Number of events (from {first}) are: {ended.Count}");
        foreach (var attempt in ended)
            Console.WriteLine($"{attempt.State.ToString().ToUpperInvariant()} {attempt.Attempt} {attempt.LogUrl}/stderr");
        return 0;
    }

    private static async Task<int> TrackersAsync(JobClient client)
    {
        foreach (var tracker in await client.TrackersAsync())
            Console.WriteLine($"tracker_{tracker.Hostname}:{tracker.Hostname}/{tracker.Address}");
        return 0;
    }

    private static async Task<int> AttemptIdsAsync(JobClient client, string id, string type, string state)
    {
        if (type is not ("map" or "reduce") || state is not ("running" or "completed"))
        {
            Console.Error.WriteLine($"the task type is map or reduce and the state running or completed, not '{type}' and '{state}'");
            return Failure;
        }
        if (await FindAsync(client, id) is null || await client.TasksAsync(id) is not { } tasks)
            return Failure;
        var kind = type == "map" ? TaskKind.Map : TaskKind.Reduce;
        var wanted = state == "running" ? AttemptState.Running : AttemptState.Succeeded;
        foreach (var attempt in tasks.Attempts)
            if (attempt.State == wanted && AttemptId.Parse(attempt.Attempt).Task.Kind == kind)
                Console.WriteLine(attempt.Attempt);
        return 0;
    }

    private static async Task<int> KillTaskAsync(JobClient client, string attempt, bool asFailed)
    {
        if (!AttemptId.TryParse(attempt, out _))
            return Malformed($"TaskAttemptId string : {attempt} is not properly formed");
        if (!await client.KillAttemptAsync(attempt, asFailed))
        {
            Console.WriteLine($"Could not kill task {attempt}");
            return Failure;
        }
        Console.WriteLine($"Killed task {attempt}{(asFailed ? " by failing it" : "")}");
        return 0;
    }

    /// <summary>
    /// The standard error of a job's attempts, and what a debug script said of them: of the one named, else of the failed
    /// ones, else of all, each under a line with its name.
    /// </summary>
    private static async Task<int> LogsAsync(JobClient client, string id, string? attempt)
    {
        if (await FindAsync(client, id) is null || await client.TasksAsync(id) is not { } tasks)
            return Failure;
        var shown = attempt is not null ? tasks.Attempts.Where(a => a.Attempt == attempt).ToList()
            : tasks.Attempts.Where(a => a.State == AttemptState.Failed).ToList();
        if (attempt is not null && shown.Count == 0)
        {
            Console.Error.WriteLine($"{id} has no attempt {attempt}; 'hadoop job -events {id} 0 1000' lists those that ended");
            return Failure;
        }
        if (shown.Count == 0)
            shown = [.. tasks.Attempts];
        await using var output = Console.OpenStandardOutput();
        foreach (var one in shown)
        {
            if (attempt is null)
                await WriteLineAsync($"==> {one.Attempt} on {one.Hostname}: {one.State}{(one.Message.Length > 0 ? $": {one.Message}" : "")} <==");
            await using var log = await client.LogAsync(one, "stderr");
            if (log is null)
                await WriteLineAsync("(the log is not on its node any more)");
            else
                await log.CopyToAsync(output);
            if (one.State != AttemptState.Failed || await client.LogAsync(one, "debugout") is not { } debug)
                continue;
            await WriteLineAsync("debugout:");
            await using (debug)
                await debug.CopyToAsync(output);
        }
        return 0;

        async Task WriteLineAsync(string line) => await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }

    private static async Task<int> HistoryAsync(string[] args)
    {
        var all = args is ["all", ..];
        if (args.Length != (all ? 2 : 1))
            return Usage();
        using var stores = Cluster.OpenStores();
        var output = stores.Find(args[^1]);
        var directory = $"{output.Path}/{OutputPaths.History}";
        var file = await output.Store.StatAsync(directory) is null ? null
            : (await output.Store.ListAsync(directory)).FirstOrDefault(f => !f.Name.EndsWith("_conf.xml", StringComparison.Ordinal));
        if (file is null)
        {
            Console.Error.WriteLine($"no job history below {output}/{OutputPaths.History}: name the output directory of a job");
            return Failure;
        }
        await using var stream = await output.Store.OpenAsync(file.Path);
        using var reader = new StreamReader(stream);
        HistoryReport.Print(HistoryFile.Parse(await reader.ReadToEndAsync()), Console.Out, all);
        return 0;
    }

    private static async Task<JobStatus?> FindAsync(JobClient client, string id)
    {
        if (!JobId.TryParse(id, out _))
            Environment.Exit(Malformed($"JobId string : {id} is not properly formed"));
        var job = await client.StatusAsync(id);
        if (job is null)
            Console.WriteLine($"Could not find job {id}");
        return job;
    }

    private static int Malformed(string what)
    {
        Console.Error.WriteLine($"Exception in thread \"main\" java.lang.IllegalArgumentException: {what}");
        return 1;
    }

    /// <summary>As Java prints a float: always with a point.</summary>
    private static string JavaNumber(double value) => ((float)value).ToString("0.0######", CultureInfo.InvariantCulture);

    private static int Usage()
    {
        Console.Error.WriteLine("""
            Usage: JobClient <command> <args>
            	[-status <job-id>]
            	[-counter <job-id> <group-name> <counter-name>]
            	[-kill <job-id>]
            	[-set-priority <job-id> <priority>]. Valid values for priorities are: VERY_HIGH HIGH NORMAL LOW VERY_LOW
            	[-events <job-id> <from-event-#> <#-of-events>]
            	[-history [all] <jobOutputDir>]
            	[-list [all]]
            	[-list-active-trackers]
            	[-list-blacklisted-trackers]
            	[-list-attempt-ids <job-id> <task-type> <task-state>]

            	[-kill-task <task-id>]
            	[-fail-task <task-id>]
            	[-logs <job-id> [<attempt-id>]]

            """);
        return Failure;
    }
}
