using System.Globalization;

namespace Agora.Hadoop.Cli;

/// <summary>What <c>hadoop job -history</c> prints.</summary>
internal static class HistoryReport
{
    private const string DateFormat = "d-MMM-yyyy HH:mm:ss";

    /// <param name="all">Successful tasks too.</param>
    public static void Print(HistoryFile history, TextWriter to, bool all)
    {
        var job = history.Job;
        var name = job["JOBID"];
        to.WriteLine();
        to.WriteLine($"Hadoop job: {name}");
        to.WriteLine("=====================================");
        to.WriteLine($"User: {job["USER"]}");
        to.WriteLine($"JobName: {job["JOBNAME"]}");
        to.WriteLine($"JobConf: {job["JOBCONF"]}");
        var (submitted, launched, ended) =
            (HistoryFile.Ms(job, "SUBMIT_TIME"), HistoryFile.Ms(job, "LAUNCH_TIME"), HistoryFile.Ms(job, "FINISH_TIME"));
        to.WriteLine($"Submitted At: {Date(submitted)}");
        to.WriteLine($"Launched At: {Date(launched)} ({Span(launched - submitted)})");
        to.WriteLine($"Finished At: {Date(ended)} ({Span(ended - launched)})");
        to.WriteLine($"Status: {job["JOB_STATUS"]}");
        PrintCounters(job, to);
        PrintSummary(history, to);
        to.WriteLine("\n\nAnalysis\n=========");
        foreach (var type in (string[])["map", "reduce"])
            PrintAnalysis(history, type, launched, to);
        to.WriteLine("=========");
        foreach (var type in (string[])["MAP", "REDUCE"])
            foreach (var status in all ? (string[])["SUCCESS", "FAILED", "KILLED"] : ["FAILED", "KILLED"])
                PrintList(history, name, type, status, to);
    }

    private static void PrintCounters(Dictionary<string, string> job, TextWriter to)
    {
        to.WriteLine("Counters: \n");
        to.WriteLine("|Group Name                    |Counter name                  |Map Value |Reduce Value|Total Value|");
        to.WriteLine(new string('-', 87));
        var ofMaps = Table("MAP_COUNTERS");
        var ofReduces = Table("REDUCE_COUNTERS");
        foreach (var (group, name, total) in HistoryFile.Counters(job.GetValueOrDefault("COUNTERS", "")))
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"|{group,-30}|{name,-30}|" +
                $"{ofMaps.GetValueOrDefault((group, name)),-10:N0}|{ofReduces.GetValueOrDefault((group, name)),-10:N0}|{total,-10:N0}"));
        }
        to.WriteLine("=====================================");

        Dictionary<(string, string), long> Table(string key) => HistoryFile.Counters(job.GetValueOrDefault(key, ""))
            .ToDictionary(c => (c.Group, c.Name), c => c.Value);
    }

    private static void PrintSummary(HistoryFile history, TextWriter to)
    {
        to.WriteLine("\nTask Summary\n============================");
        to.WriteLine("Kind\tTotal\tSuccessful\tFailed\tKilled\tStartTime\tFinishTime\n");
        foreach (var (kind, type) in (ReadOnlySpan<(string, string)>)[("Map", "MAP"), ("Reduce", "REDUCE")])
        {
            var attempts = history.Attempts.Where(a => a["TASK_TYPE"] == type).ToList();
            if (attempts.Count == 0)
                continue;
            var start = attempts.Min(a => HistoryFile.Ms(a, "START_TIME"));
            var end = attempts.Max(a => HistoryFile.Ms(a, "FINISH_TIME"));
            to.WriteLine($"{kind}\t{attempts.Count}\t{Of("SUCCESS")}\t\t{Of("FAILED")}\t{Of("KILLED")}\t" +
                $"{Date(start)}\t{Date(end)} ({Span(end - start)})");

            int Of(string status) => attempts.Count(a => a.GetValueOrDefault("TASK_STATUS") == status);
        }
        to.WriteLine("============================");
    }

    private static void PrintAnalysis(HistoryFile history, string type, long launched, TextWriter to)
    {
        const int WorstShown = 10;
        var tasks = history.Attempts
            .Where(a => a["TASK_TYPE"].Equals(type, StringComparison.OrdinalIgnoreCase) && a.GetValueOrDefault("TASK_STATUS") == "SUCCESS")
            .Select(a => (Id: a["TASKID"], End: HistoryFile.Ms(a, "FINISH_TIME"),
                Took: HistoryFile.Ms(a, "FINISH_TIME") - HistoryFile.Ms(a, "START_TIME")))
            .OrderByDescending(t => t.Took).ToList();
        if (tasks.Count == 0)
            return;
        to.WriteLine($"\nTime taken by best performing {type} task {tasks[^1].Id}: {Span(tasks[^1].Took)}");
        to.WriteLine($"Average time taken by {type} tasks: {Span((long)tasks.Average(t => t.Took))}");
        to.WriteLine($"Worse performing {type} tasks: ");
        to.WriteLine("TaskId\t\tTimetaken");
        foreach (var task in tasks.Take(WorstShown))
            to.WriteLine($"{task.Id} {Span(task.Took)}");
        var last = tasks.MaxBy(t => t.End);
        to.WriteLine($"The last {type} task {last.Id} finished at (relative to the Job launch time): " +
            $"{Date(last.End)} ({Span(last.End - launched)})");
    }

    private static void PrintList(HistoryFile history, string job, string type, string status, TextWriter to)
    {
        to.WriteLine($"\n{status} {type} task list for {job}");
        to.WriteLine("TaskId\t\tStartTime\tFinishTime\tError" + (type == "MAP" ? "\tInputSplits" : ""));
        to.WriteLine("====================================================");
        foreach (var attempt in history.Attempts)
        {
            if (attempt["TASK_TYPE"] != type || attempt.GetValueOrDefault("TASK_STATUS") != status)
                continue;
            var (start, end) = (HistoryFile.Ms(attempt, "START_TIME"), HistoryFile.Ms(attempt, "FINISH_TIME"));
            to.WriteLine($"{attempt["TASK_ATTEMPT_ID"]}\t{Date(start)}\t{Date(end)} ({Span(end - start)})\t{attempt.GetValueOrDefault("ERROR")}");
        }
    }

    private static string Date(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToLocalTime().ToString(DateFormat, CultureInfo.InvariantCulture);

    /// <summary>As Hadoop's <c>formatTimeDiff</c>: <c>1hrs, 2mins, 3sec</c>.</summary>
    private static string Span(long ms)
    {
        var time = TimeSpan.FromMilliseconds(Math.Max(0, ms));
        return (time.TotalHours >= 1 ? $"{(long)time.TotalHours}hrs, " : "") +
            (time.TotalMinutes >= 1 ? $"{time.Minutes}mins, " : "") + $"{time.Seconds}sec";
    }
}
