using System.Text;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Session;

namespace Agora.Torque.Mom.Launch;

/// <summary>Where a job's output goes.</summary>
internal static class OutputPaths
{
    private const uint EveryoneMayWrite = 0x1B6, OwnerOnly = 0x180; // 0666, 0600
    private const string Nowhere = "/dev/null";

    /// <returns>Error is null where it goes into the output; for <c>-j eo</c> it is the error file that is first.</returns>
    public static (OutputPlan Output, OutputPlan? Error) Of(JobLaunch job, MomNode node, string home)
    {
        var output = Plan(job, node, home, job.OutputPath, 'o');
        var error = Plan(job, node, home, job.ErrorPath, 'e');
        return job.JoinPath switch
        {
            "oe" => (output, null),
            "eo" => (error, null),
            _ => (output, error),
        };
    }

    private static OutputPlan Plan(JobLaunch job, MomNode node, string home, string path, char letter)
    {
        var mode = job.Umask is { } umask ? EveryoneMayWrite & ~(uint)umask : OwnerOnly;
        var name = FileName(job, letter);
        if (job.KeepFiles.Contains(letter, StringComparison.Ordinal))
        {
            var kept = Path.Combine(home, name);
            return new OutputPlan(kept, false, node.Name, kept, name, mode);
        }
        var colon = path.IndexOf(':');
        var slash = path.IndexOf('/');
        var (host, target) = colon > 0 && (slash < 0 || colon < slash) ? (path[..colon], path[(colon + 1)..]) : (node.Name, path);
        target = Expand(target, Names(job, home));
        if (!target.StartsWith('/'))
            target = Path.Combine(home, target);
        return target == Nowhere
            ? new OutputPlan(Nowhere, false, host, Nowhere, name, mode)
            : new OutputPlan(Path.Combine(node.Output, job.JobId + (letter == 'o' ? ".OU" : ".ER")), true, host, target, name, mode);
    }

    /// <summary>The usual name: <c>name.o17</c>, of an array's element <c>name.o17-3</c>.</summary>
    public static string FileName(JobLaunch job, char letter)
    {
        var number = JobId.TryParse(job.JobId, out var id, out _) ? $"{id.Number}" : job.JobId;
        if (job.ArrayIndex is not { } index)
            return $"{job.Name}.{letter}{number}";
        var element = $"-{index}";
        var name = job.Name.EndsWith(element, StringComparison.Ordinal) ? job.Name[..^element.Length] : job.Name;
        return $"{name}.{letter}{number}{element}";
    }

    private static Dictionary<string, string> Names(JobLaunch job, string home)
    {
        var names = new Dictionary<string, string>(job.Variables)
        {
            ["PBS_JOBID"] = job.JobId,
            ["PBS_JOBNAME"] = job.Name,
            ["PBS_QUEUE"] = job.Queue,
            ["USER"] = job.User,
            ["LOGNAME"] = job.User,
            ["HOME"] = home,
        };
        if (job.ArrayIndex is { } index)
            names["PBS_ARRAYID"] = names["PBS_ARRAY_INDEX"] = $"{index}";
        return names;
    }

    /// <summary>Puts in values for <c>$NAME</c> and <c>${NAME}</c>; what is not known stays as it is.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> values)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$')
            {
                result.Append(text[at]);
                continue;
            }
            var braced = at + 1 < text.Length && text[at + 1] == '{';
            var from = at + (braced ? 2 : 1);
            var to = from;
            while (to < text.Length && (char.IsAsciiLetterOrDigit(text[to]) || text[to] == '_'))
                to++;
            var isName = to > from && (!braced || (to < text.Length && text[to] == '}'));
            if (isName && values.TryGetValue(text[from..to], out var value))
            {
                result.Append(value);
                at = braced ? to : to - 1;
            }
            else
            {
                result.Append('$');
            }
        }
        return result.ToString();
    }
}
