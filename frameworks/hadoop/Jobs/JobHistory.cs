using System.Globalization;
using System.Text;

namespace Agora.Hadoop.Jobs;

/// <summary>
/// What is left of an ended job for people and programs to read, in the two files that Hadoop 1 puts below
/// <c>_logs/history</c> of the output directory: lines of <c>Kind KEY="value" … .</c>, and the job's properties.
/// </summary>
/// <param name="FileName"><c>job_(id)_(submit time in ms)_(user)_(job name)</c>.</param>
public sealed record JobHistory(string FileName, string Text, string ConfFileName, string ConfText)
{
    internal static JobHistory Of(Job job, JobState outcome, DateTimeOffset ended) => new(
        $"{job.Id}_{Ms(job.Submitted)}_{job.Submission.User}_{Uri.EscapeDataString(job.Conf.Text(JobConf.JobName))}",
        TextOf(job, outcome, ended), ConfNameOf(job), JobConfXml.Of(job.Conf));

    private static string ConfNameOf(Job job) => $"{job.Id}_conf.xml";

    private static string TextOf(Job job, JobState outcome, DateTimeOffset ended)
    {
        var text = new StringBuilder("Meta VERSION=\"1\" .\n");
        Line(text, "Job", ("JOBID", job.Id), ("JOBNAME", job.Conf.Text(JobConf.JobName)),
            ("USER", job.Submission.User), ("SUBMIT_TIME", Ms(job.Submitted)), ("JOBCONF", ConfNameOf(job)),
            ("VIEW_JOB", "*"), ("MODIFY_JOB", "*"), ("JOB_QUEUE", job.Conf.Text("mapred.job.queue.name")));
        Line(text, "Job", ("JOBID", job.Id), ("JOB_PRIORITY", job.Priority));
        Line(text, "Job", ("JOBID", job.Id), ("LAUNCH_TIME", Ms(job.Started ?? job.Submitted)),
            ("TOTAL_MAPS", job.Maps.Length), ("TOTAL_REDUCES", job.Reduces.Length), ("JOB_STATUS", "PREP"));
        foreach (var task in job.Maps.Concat(job.Reduces))
            if (task.Attempts.Count > 0)
                Write(text, task);
        Line(text, "Job", ("JOBID", job.Id), ("FINISH_TIME", Ms(ended)),
            ("JOB_STATUS", Word(outcome)), ("FINISHED_MAPS", Count(job.Maps, JobTaskPhase.Done)),
            ("FINISHED_REDUCES", Count(job.Reduces, JobTaskPhase.Done)),
            ("FAILED_MAPS", Count(job.Maps, JobTaskPhase.GivenUp)),
            ("FAILED_REDUCES", Count(job.Reduces, JobTaskPhase.GivenUp)),
            ("MAP_COUNTERS", Wire(Sum(job.Maps))), ("REDUCE_COUNTERS", Wire(Sum(job.Reduces))),
            ("COUNTERS", Wire(job.AllCounters())));
        return text.ToString();
    }

    private static void Write(StringBuilder text, JobTask task)
    {
        var type = task.IsMap ? "MAP" : "REDUCE";
        var kind = task.IsMap ? "MapAttempt" : "ReduceAttempt";
        Line(text, "Task", ("TASKID", task.Id), ("TASK_TYPE", type), ("START_TIME", Ms(task.Attempts[0].Launched)),
            ("SPLITS", string.Join(',', (task.Split?.Hosts ?? []).Select(h => $"/default-rack/{h}"))));
        foreach (var attempt in task.Attempts)
        {
            Line(text, kind, ("TASK_TYPE", type), ("TASKID", task.Id), ("TASK_ATTEMPT_ID", attempt.Id),
                ("START_TIME", Ms(attempt.Launched)), ("TRACKER_NAME", $"tracker_{attempt.Hostname}:{attempt.Files}"),
                ("HTTP_PORT", attempt.Files[(attempt.Files.LastIndexOf(':') + 1)..]));
            if (attempt is { End: { } end, EndTime: { } time })
            {
                Line(text, kind, ("TASK_TYPE", type), ("TASKID", task.Id), ("TASK_ATTEMPT_ID", attempt.Id),
                    ("TASK_STATUS", Word(end)), ("FINISH_TIME", Ms(time)), ("HOSTNAME", $"/default-rack/{attempt.Hostname}"),
                    ("STATE_STRING", attempt.Status ?? ""),
                    ("ERROR", end == AttemptEnd.Succeeded ? "" : attempt.Message + Tail(attempt)),
                    ("COUNTERS", Wire(attempt.Report?.Counters ?? [])));
            }
        }
        if (task.Winner is { EndTime: { } done } winner)
        {
            Line(text, "Task", ("TASKID", task.Id), ("TASK_TYPE", type), ("TASK_STATUS", "SUCCESS"),
                ("FINISH_TIME", Ms(done)), ("COUNTERS", Wire(winner.Report?.Counters ?? [])));
        }
        else if (task.Attempts[^1].EndTime is { } ended)
        {
            Line(text, "Task", ("TASKID", task.Id), ("TASK_TYPE", type),
                ("TASK_STATUS", task.Phase == JobTaskPhase.GivenUp ? "FAILED" : "KILLED"), ("FINISH_TIME", Ms(ended)));
        }
    }

    private static string Tail(Attempt attempt) => attempt.Report?.LogTail is { } tail ? "\n" + tail : "";

    private static int Count(JobTask[] tasks, JobTaskPhase phase) => tasks.Count(t => t.Phase == phase);

    private static Dictionary<string, Dictionary<string, long>> Sum(IEnumerable<JobTask> tasks)
    {
        var sum = new Counters();
        foreach (var task in tasks)
            if (task.Winner?.Report?.Counters is { } counters)
                sum.Add(counters);
        return sum.ToDictionary();
    }

    /// <summary>Groups as <c>{(group)(shown as)[(name)(shown as)(value)]…}</c>, with <c>\</c> before brackets in names.</summary>
    private static string Wire(Dictionary<string, Dictionary<string, long>> counters)
    {
        var text = new StringBuilder();
        foreach (var (group, names) in counters)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{({Bracketed(group)})({Bracketed(group)})");
            foreach (var (name, value) in names)
                text.Append(CultureInfo.InvariantCulture, $"[({Bracketed(name)})({Bracketed(name)})({value})]");
            text.Append('}');
        }
        return text.ToString();
    }

    private static string Bracketed(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
            (c is '(' or ')' or '[' or ']' or '{' or '}' or '\\' ? text.Append('\\') : text).Append(c);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string kind, params ReadOnlySpan<(string Key, object Value)> pairs)
    {
        text.Append(kind);
        foreach (var (key, value) in pairs)
        {
            text.Append(CultureInfo.InvariantCulture, $" {key}=\"");
            foreach (var c in Convert.ToString(value, CultureInfo.InvariantCulture)!)
                (c is '"' or '=' or '.' or '\\' ? text.Append('\\') : text).Append(c);
            text.Append('"');
        }
        text.Append(" .\n");
    }

    private static string Word(JobState state) => state == JobState.Succeeded ? "SUCCESS" : state.ToString().ToUpperInvariant();

    private static string Word(AttemptEnd end) => end switch
    {
        AttemptEnd.Succeeded => "SUCCESS",
        AttemptEnd.Failed => "FAILED",
        AttemptEnd.Killed or AttemptEnd.LostInput => "KILLED",
    };

    private static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
