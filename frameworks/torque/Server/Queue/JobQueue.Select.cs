using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>Which jobs meet what is asked for.</summary>
public sealed partial class JobQueue
{
    private Reply Select(Caller caller, Request.Select request)
    {
        var queue = request.Queue is { Length: > 0 } name
            ? _queues.GetValueOrDefault(name.Split('@')[0]) ?? throw new PbsException(PbsError.UnknownQueue, "Unknown queue")
            : null;
        var tests = request.Tests.Select(t => (Test: t, Columns: ColumnsOf([t.Name]))).ToArray();
        var view = new View(IsManager(caller), NowMs);
        List<JobAttribute> scratch = [];
        List<StatusRecord> found = [];
        foreach (var submission in _jobs.Values)
        {
            if (!MaySee(caller, submission) || request.Users is { Count: > 0 } users && !users.Any(u => u.Split('@')[0] == submission.Form.User))
                continue;
            foreach (var job in request.ExpandArrays ? JobsOf(submission) : (IEnumerable<Submission>)[submission])
            {
                if ((queue is null || job.Queue == queue) && (request.States is null || request.States.Contains(LetterOf(job))) &&
                    tests.All(t => Meets(job, t.Test, t.Columns, view, scratch)))
                {
                    found.Add(new StatusRecord(Full(job), []));
                }
            }
        }
        return new Reply(Records: found);
    }

    private char LetterOf(Submission job) => job is Job { State: JobState.Running, IsSuspended: true } ? 'S' : StateLetters[(int)Shown(job)].Value[0];

    private bool Meets(Submission job, AttributeTest test, Column[] columns, View view, List<JobAttribute> scratch)
    {
        scratch.Clear();
        foreach (var column in columns)
            column.Add(this, job, view, scratch);
        var value = scratch.Find(a => a.Resource == test.Resource)?.Value;
        if (value is null)
            return test.Operator == "ne";
        var order = OrderOf(test, value);
        return test.Operator switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            "le" => order <= 0,
            _ => throw new PbsException(PbsError.InvalidRequest, "Invalid request"),
        };
    }

    private static int OrderOf(AttributeTest test, string value)
    {
        var kind = test.Resource is { } resource ? KnownResources.KindOf(resource) ?? ResourceKind.Text
            : test.Name is "Priority" or "Execution_Time" or "ctime" or "mtime" or "qtime" or "etime" or "start_time" or "comp_time"
                ? ResourceKind.Number : ResourceKind.Text;
        if (kind == ResourceKind.Number && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var a) &&
            long.TryParse(test.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var b))
        {
            return a.CompareTo(b);
        }
        if (kind is ResourceKind.Duration or ResourceKind.Size && KnownResources.Measure(kind, value) is { } x &&
            KnownResources.Measure(kind, test.Value) is { } y)
        {
            return x.CompareTo(y);
        }
        // Any hold of those asked for will do.
        if (test.Name == "Hold_Types" && test.Value.Length == 1)
            return value.Contains(test.Value, StringComparison.Ordinal) ? 0 : string.CompareOrdinal(value, test.Value);
        return string.CompareOrdinal(value, test.Value);
    }
}
