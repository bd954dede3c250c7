using System.Globalization;
using System.Text;
using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>Accounting, log and mails, in the original's forms.</summary>
public sealed partial class JobQueue
{
    private DateTimeOffset Local => TimeZoneInfo.ConvertTime(_now, _options.TimeZone);

    private void Account(Submission job, char type, string text) => _effects.Add(new QueueEffect.Account(Local,
        $"{Local.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture)};{type};{Full(job)};{text}"));

    private void LogJob(Submission job, string text) => Log(8, "Job", Full(job), text);

    private void Log(int kind, string of, string name, string text) => _effects.Add(new QueueEffect.Log(Local, string.Create(
        CultureInfo.InvariantCulture, $"{Local:MM/dd/yyyy HH:mm:ss.fff};{kind:00};PBS_Server.{_options.ProcessId};{of};{name};{text.ReplaceLineEndings(" ")}")));

    /// <summary>What is said of a job that has come into a queue; of an array's elements each, as each is accounted for.</summary>
    private void LogQueued(Submission submission, Caller caller)
    {
        var form = submission.Form;
        LogJob(submission, $"enqueuing into {submission.Queue.Name}, state {(int)StateOf(submission)} hop 1");
        LogJob(submission, $"Job Queued at request of {caller.Name}, owner = {form.Owner}, job name = {form.Name}, queue = {submission.Queue.Name}");
        foreach (var job in JobsOf(submission))
            Account(job, 'Q', $"queue={job.Queue.Name}");
    }

    private string AccountFields(Job job)
    {
        var form = job.Form;
        var text = new StringBuilder();
        void Add(string name, string value) => text.Append(text.Length > 0 ? " " : "").Append(name).Append('=').Append(value);
        Add("user", form.User);
        Add("group", form.Group);
        if (form.Value("Account_Name") is { } account)
            Add("account", Unblank(account));
        Add("jobname", Unblank(job.Name));
        Add("queue", job.Queue.Name);
        Add("ctime", Seconds(job.CreatedAt));
        Add("qtime", Seconds(job.QueuedAt));
        Add("etime", Seconds(job.EligibleAt > 0 ? job.EligibleAt : job.QueuedAt));
        Add("start", Seconds(job.StartedAt > 0 ? job.StartedAt : NowMs));
        Add("owner", form.Owner);
        Add("exec_host", job.ExecHost ?? "");
        foreach (var resource in ResourcesOf(form))
            Add($"Resource_List.{resource.Resource}", Unblank(resource.Value));
        return text.ToString();
    }

    /// <summary>A record's values have no blanks, lest it fall apart.</summary>
    private static string Unblank(string value) => value.Replace(' ', '_').ReplaceLineEndings("_");

    private static string Seconds(long ms) => (ms / 1000).ToString(CultureInfo.InvariantCulture);

    private static string UsedFields(Job job)
    {
        var used = job.Usage;
        return string.Create(CultureInfo.InvariantCulture,
            $"resources_used.cput={(long)(used?.CputSeconds ?? 0)} resources_used.energy_used=0 " +
            $"resources_used.mem={PbsSize.Kilobytes(used?.MemBytes ?? 0)} resources_used.vmem={PbsSize.Kilobytes(used?.VmemBytes ?? 0)} " +
            $"resources_used.walltime={PbsTime.Format(TimeSpan.FromSeconds(used?.WalltimeSeconds ?? 0))}");
    }

    private static string UsedLines(Job job)
    {
        var used = job.Usage;
        return $"resources_used.cput={PbsTime.Format(TimeSpan.FromSeconds(used?.CputSeconds ?? 0))}\n" +
            $"resources_used.energy_used=0\nresources_used.mem={PbsSize.Kilobytes(used?.MemBytes ?? 0)}\n" +
            $"resources_used.vmem={PbsSize.Kilobytes(used?.VmemBytes ?? 0)}\n" +
            $"resources_used.walltime={PbsTime.Format(TimeSpan.FromSeconds(used?.WalltimeSeconds ?? 0))}";
    }

    /// <param name="point">At which of the job's Mail_Points it is wanted: <c>a</c>, <c>b</c> or <c>e</c>.</param>
    private void MailOf(Job job, char point, string text)
    {
        if (!job.Form.MailPoints.Contains(point, StringComparison.Ordinal))
            return;
        var body = new StringBuilder($"PBS Job Id: {Full(job)}\nJob Name:   {job.Name}\n");
        if (job.ExecHost is { } hosts)
            body.Append("Exec host:  ").Append(hosts).Append('\n');
        body.Append(text).Append('\n');
        if (point != 'b')
            body.Append("Error_Path: ").Append(PathOf(job, "Error_Path")).Append("\nOutput_Path: ").Append(PathOf(job, "Output_Path")).Append('\n');
        _effects.Add(new QueueEffect.Mail(_server.Text("mail_from"),
            job.Form.Value("Mail_Users")?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [job.Form.Owner],
            $"PBS JOB {Full(job)}", body.ToString()));
    }
}
