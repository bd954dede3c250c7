using System.Globalization;
using System.Net;
using System.Text;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Service;

/// <summary>
/// The page a job's tracking URL shows: how far it is, its attempts with their logs, its counters. Plain HTML under
/// Hadoop 1's names (<c>jobdetails.jsp</c>, <c>jobfailures.jsp</c>), which programs fetch.
/// </summary>
internal static class JobPage
{
    private const string Style = """
        <style>
        body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222; }
        table { border-collapse: collapse; margin: 1em 0; } th, td { text-align: left; padding: .2em 1em .2em 0; }
        th { border-bottom: 1px solid #bbb; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
        .Failed { color: #b00; } pre { background: #f4f4f4; padding: .7em; overflow: auto; }
        </style>
        """;

    /// <param name="failuresOnly">Of the attempts, only those that failed or were killed.</param>
    public static string Of(JobStatus job, JobTasks tasks, bool failuresOnly)
    {
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Text(job.JobId)}</title>{Style}</head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>Hadoop {Text(job.JobId)}</h1><table>");
        Row(page, "Name", job.Name);
        Row(page, "User", job.User);
        Row(page, "State", job.State.ToString());
        Row(page, "Priority", job.Priority);
        Row(page, "Submitted", DateTimeOffset.FromUnixTimeMilliseconds(job.StartTimeMs).ToString("u", CultureInfo.InvariantCulture));
        Row(page, "Maps", string.Create(CultureInfo.InvariantCulture, $"{job.Maps}, {job.MapProgress:P0} done"));
        Row(page, "Reduces", string.Create(CultureInfo.InvariantCulture, $"{job.Reduces}, {job.ReduceProgress:P0} done"));
        page.Append("</table>");
        if (job.FailureInfo is not null)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"Failed\">{Text(job.FailureInfo)}</p>");
        if (job.FailureLog is not null)
            page.Append(CultureInfo.InvariantCulture, $"<pre>{Text(job.FailureLog)}</pre>");
        Attempts(page, tasks.Attempts.Where(a => !failuresOnly || a.State is AttemptState.Failed or AttemptState.Killed));
        Counters(page, job);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Attempts(StringBuilder page, IEnumerable<AttemptStatus> attempts)
    {
        page.Append("<h2>Attempts</h2><table><tr><th>Attempt<th>State<th>Done<th>Node<th>Data<th>Time<th>Log<th></tr>");
        foreach (var a in attempts)
        {
            var seconds = a.FinishTimeMs is { } end ? $"{(end - a.StartTimeMs) / 1000.0:0.0} s" : "";
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{Text(a.Attempt)}<td class=\"{a.State}\">{a.State}<td class=\"number\">{a.Progress:P0}" +
                $"<td>{Text(a.Hostname)}<td>{Text(a.Locality ?? "")}<td class=\"number\">{seconds}" +
                $"<td><a href=\"{Text(a.LogUrl)}/stderr\">stderr</a><td>{Text(a.Status ?? a.Message)}</tr>");
        }
        page.Append("</table>");
    }

    private static void Counters(StringBuilder page, JobStatus job)
    {
        page.Append("<h2>Counters</h2><table>");
        foreach (var (group, names) in job.Counters)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th colspan=\"2\">{Text(group)}</tr>");
            foreach (var (name, value) in names)
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(name)}<td class=\"number\">{value:N0}</tr>");
        }
        page.Append("</table>");
    }

    private static void Row(StringBuilder page, string name, string value) =>
        page.Append(CultureInfo.InvariantCulture, $"<tr><th>{name}<td>{Text(value)}</tr>");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
