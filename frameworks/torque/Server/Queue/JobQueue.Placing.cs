using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Queue;

/// <summary>Jobs that get slots and start.</summary>
public sealed partial class JobQueue
{
    private const int StartRetrySecondsMax = 60;

    /// <summary>The job gets these slots and is about to run.</summary>
    /// <param name="addressOf">Where a node is reached, by its name.</param>
    /// <exception cref="InvalidOperationException">It is not queued.</exception>
    public JobLaunch Place(DateTimeOffset now, JobId id, IReadOnlyList<SlotShare> shares, Func<string, string> addressOf)
    {
        _now = now;
        if (Find(id) is not Job { State: JobState.Queued } job)
            throw new InvalidOperationException($"job {id} is not queued");
        _ready.Remove(job);
        _reserved.Remove(id);
        job.Run++;
        job.Hosting = new Hosting(shares, [.. shares.Select(s => addressOf(s.Node))], _options.NewToken(), NowMs, false);
        job.ExecHost = string.Join('+', shares.Select(s => $"{s.Node}/{RangesOf(s.Slots)}"));
        job.StartedAt = 0;
        job.Session = 0;
        job.Usage = null;
        Become(job, JobState.Running, Sub.Prerun);
        _placed.Add(id, job);
        Touch(job);
        return LaunchOf(job);
    }

    /// <summary>Null if the job holds no slots.</summary>
    public Placement? PlacementOf(JobId id) => _placed.TryGetValue(id, out var job)
        ? new Placement(LaunchOf(job), [.. job.Hosting!.Shares.Select(s => s.Node)], job.Hosting.HasStarted, job.Ending != Ending.None)
        : null;

    /// <summary>Slots are kept for the job that is queued: for limits it counts as one that runs, until it is placed.</summary>
    public void Reserve(JobId id)
    {
        if (Find(id) is Job { State: JobState.Queued } job)
            _reserved[id] = job;
    }

    /// <summary>They are not kept for it any longer; nothing happens if they were not.</summary>
    public void Unreserve(JobId id) => _reserved.Remove(id);

    /// <summary>Why the job waits, for its comment.</summary>
    public void Comment(DateTimeOffset now, JobId id, string text)
    {
        if (Find(id) is not Job job || job.State == JobState.Complete || job.Comment == text)
            return;
        _now = now;
        job.Comment = text;
        Touch(job);
    }

    /// <summary>A mom has connected: it is told again what it has to end or to forget.</summary>
    public void Hello(DateTimeOffset now, MomReport.Hello report)
    {
        _now = now;
        foreach (var has in report.Jobs)
        {
            var job = FindRun(has.JobId, has.Run);
            if (job is null || !job.Hosting!.Shares.Any(s => s.Node == report.Node))
            {
                // What has ended is said again, and answered then.
                if (!has.HasEnded)
                    _effects.Add(new QueueEffect.Order(report.Node, new MomOrder.Forget(has.JobId, has.Run)));
                continue;
            }
            if (!has.IsFirst || has.HasEnded)
                continue;
            if (has.Session > 0)
                Start(job, has.Session);
            if (job.Ending != Ending.None)
                OrderKill(job, job.Form.Number("user_kill_delay"));
        }
        SpreadNews();
    }

    public void Started(DateTimeOffset now, string node, MomReport.Started report)
    {
        _now = now;
        if (FindRun(report.JobId, report.Run) is { } job)
            Start(job, report.Session);
        else
            _effects.Add(new QueueEffect.Order(node, new MomOrder.Forget(report.JobId, report.Run)));
        SpreadNews();
    }

    private void Start(Job job, int session)
    {
        if (job.Hosting!.HasStarted)
            return;
        job.Hosting = job.Hosting with { HasStarted = true };
        job.Session = session;
        job.StartedAt = NowMs;
        job.StartCount++;
        job.Retries = 0;
        if (job.Array is not null && job.StartCount == 1)
            job.Array.Begun++;
        job.Comment = $"Job started on {Local.ToString("ddd MMM dd 'at' HH:mm", CultureInfo.InvariantCulture)}";
        Become(job, JobState.Running, job.Ending == Ending.Rerun ? Sub.Rerun : job.IsSuspended ? Sub.Suspended : Sub.Running);
        Touch(job);
        Tell(job);
        LogJob(job, $"Job Run at request of root@{_options.Server}");
        Account(job, 'S', $"{AccountFields(job)} ");
        MailOf(job, 'b', "Begun execution");
        // It was deleted while it was on its way to its nodes.
        if (job.Ending != Ending.None)
            OrderKill(job, job.Form.Number("user_kill_delay"));
    }

    /// <summary>Those that wait for the job, or for its array, are to hear of it.</summary>
    private void Tell(Job job)
    {
        if (job.Mirrors is not null)
            _news.Enqueue(job);
        if (job.Array is { Mirrors: not null } array)
            _news.Enqueue(array);
    }

    public void Used(DateTimeOffset now, string node, MomReport.Used report)
    {
        _now = now;
        // Not written down: the mom says it again.
        if (FindRun(report.JobId, report.Run) is { } job)
            job.Usage = report.Usage;
    }

    /// <summary>The job could not be started on its nodes.</summary>
    /// <param name="retry">It may be tried again; otherwise it ends.</param>
    public void StartFailed(DateTimeOffset now, JobId id, int run, string why, bool retry)
    {
        const int NotStarted = -1;
        _now = now;
        if (Find(id) is Job { IsPlaced: true } job && job.Run == run)
        {
            LogJob(job, $"start failed: {why}");
            if (job.Ending == Ending.Delete)
                End(job, DeletedExitStatus, null);
            else if (retry || job.Ending == Ending.Rerun)
                RetryLater(job, why);
            else
                End(job, NotStarted, why);
        }
        SpreadNews();
    }

    /// <summary>Back to the queue, and not considered again at once, lest a job that never starts keep its nodes busy.</summary>
    private void RetryLater(Job job, string why)
    {
        job.Retries++;
        job.RetryAt = NowMs + Math.Min(1 << Math.Min(job.Retries, 10), StartRetrySecondsMax) * 1000L;
        Requeue(job);
        job.Comment = why;
    }

    private JobLaunch LaunchOf(Job job)
    {
        var form = job.Form;
        var hosting = job.Hosting!;
        var first = form.Parsed.Nodes[0];
        var variables = new Dictionary<string, string>(VariableList.Parse(form.Value("Variable_List") ?? ""));
        if (job.Id.Index is { } index)
        {
            var text = index.ToString(CultureInfo.InvariantCulture);
            variables["PBS_ARRAYID"] = text;
            // OpenPBS's name for it.
            variables["PBS_ARRAY_INDEX"] = text;
        }
        JobHost[] hosts = [.. hosting.Shares.Select((s, i) => new JobHost(s.Node, hosting.Addresses[i], 0, RangesOf(s.Slots), s.Lines))];
        var isSelect = form.Resource("select") is not null;
        return new JobLaunch(
            Full(job), job.Run, job.Name, form.User, null, job.Queue.Name, _options.Server, form.Value("Account_Name") ?? "",
            ScriptOf(form), form.Value("job_arguments"), ShellOf(form.Value("Shell_Path_List")),
            variables.GetValueOrDefault("PBS_O_INITDIR"), variables.GetValueOrDefault("PBS_O_ROOTDIR"), variables,
            PathOf(job, "Output_Path"), PathOf(job, "Error_Path"), form.Value("Join_Path") ?? "n", form.Value("Keep_Files") ?? "n",
            UmaskOf(form.Value("umask")), [.. ResourcesOf(form).Select(r => KeyValuePair.Create(r.Resource!, r.Value))], form.Parsed.Limits,
            hosts, hosting.Token, first.Anywhere ? 1 : form.Parsed.NodeCount, first.Anywhere || form.Resource("ncpus") is not null ? 1 : first.Slots,
            hosts.Sum(h => h.Lines), job.Id.Index, first.Threads, isSelect || form.Resource("ncpus") is not null ? first.Slots : null,
            form.Value("interactive"), form.Number("user_kill_delay") ?? job.Queue.Attributes.Number("kill_delay") ?? KillDelaySecondsDefault);
    }

    /// <summary>With <c>neednodes</c>, as a job that runs has it.</summary>
    private static IEnumerable<JobAttribute> ResourcesOf(JobForm form) => form.Resource("nodes") is { } nodes
        ? form.Resources.Append(new JobAttribute("Resource_List", "neednodes", nodes))
        : form.Resources;

    /// <summary>The first of <c>/path@host,/path</c>: one host is as good as another here.</summary>
    private static string? ShellOf(string? list) => list?.Split(',')[0].Split('@')[0] is { Length: > 0 } path ? path : null;

    /// <summary>Octal, as users write it.</summary>
    private static int? UmaskOf(string? text)
    {
        if (string.IsNullOrEmpty(text) || !text.All(c => c is >= '0' and <= '7') || text.Length > 4)
            return null;
        return Convert.ToInt32(text, 8);
    }

    /// <summary>An element's own file: the path of the array's with its index behind it, unless the path tells them apart by itself.</summary>
    private static string PathOf(Job job, string name)
    {
        var path = job.Form.Value(name) ?? "";
        return job.Id.Index is not { } index || path.EndsWith("/dev/null", StringComparison.Ordinal) ||
            path.Contains("PBS_ARRAYID", StringComparison.Ordinal) || path.Contains("PBS_ARRAY_INDEX", StringComparison.Ordinal)
            ? path
            : $"{path}-{index}";
    }

    /// <summary>Numbers as <c>0-2,5</c>.</summary>
    private static string RangesOf(IReadOnlyList<int> numbers)
    {
        List<string> ranges = [];
        for (var i = 0; i < numbers.Count;)
        {
            var first = i;
            while (i + 1 < numbers.Count && numbers[i + 1] == numbers[i] + 1)
                i++;
            ranges.Add(i == first ? $"{numbers[first]}" : $"{numbers[first]}-{numbers[i]}");
            i++;
        }
        return string.Join(',', ranges);
    }
}
