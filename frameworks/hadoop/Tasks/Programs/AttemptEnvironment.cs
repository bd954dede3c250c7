using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>
/// The environment of a streaming program: what the TaskTracker has, every property of the job with each character
/// that is no letter or digit made <c>_</c>, then <c>-cmdenv</c>.
/// </summary>
internal static partial class AttemptEnvironment
{
    /// <summary>Linux takes no longer string than this, name and <c>=</c> included; longer values are cut.</summary>
    private const int StringBytesMax = (128 << 10) - 1;

    /// <summary>The agent's own variables hold its executor's credentials.</summary>
    private const string AgentPrefix = "AGORA_";

    public static Dictionary<string, string> Build(
        Node node, JobConf conf, AttemptId attempt, TaskAssignment assignment, string directory)
    {
        var work = Path.Combine(directory, "work");
        var environment = node.Environment
            .Where(v => !v.Key.StartsWith(AgentPrefix, StringComparison.Ordinal))
            .ToDictionary(v => v.Key, v => v.Value);
        foreach (var (name, value) in EnvironmentDefaults.Variables)
            environment[name] = value;
        foreach (var (name, value) in JobConfDefaults.Values)
            environment[VariableName(name)] = value;
        var longest = conf.Int(JobConf.TruncateLimit);
        foreach (var (name, value) in conf.Set)
            environment[VariableName(name)] = longest >= 0 && value.Length > longest ? value[..longest] : value;
        foreach (var (name, value) in OfAttempt(conf, attempt, assignment, directory))
            environment[VariableName(name)] = value;
        foreach (var (newName, oldName) in JobConfDefaults.OldNames)
            if (environment.TryGetValue(VariableName(oldName), out var value))
                environment[VariableName(newName)] = value;
        environment["HADOOP_WORK_DIR"] = work;
        environment["LD_LIBRARY_PATH"] = work;
        environment["TMPDIR"] = Path.Combine(work, "tmp");
        environment["HOME"] = "/homes/";
        environment["PWD"] = work;
        var child = conf[$"mapred.{(attempt.Task.Kind == TaskKind.Map ? "map" : "reduce")}.child.env"] ?? conf["mapred.child.env"];
        foreach (var pair in (child ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (pair.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
                environment[pair[..equals]] = Expand(pair[(equals + 1)..], environment);
        foreach (var pair in conf.Environment)
            if (pair.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
                environment[pair[..equals]] = pair[(equals + 1)..];
        environment[VariableName(JobConf.AddEnvironment)] = string.Join(' ', conf.Environment);
        foreach (var (name, value) in environment)
            if (Encoding.UTF8.GetByteCount(value) + name.Length >= StringBytesMax)
                environment[name] = Cut(value, StringBytesMax - name.Length - 1);
        return environment;
    }

    /// <summary><c>$NAME</c> in a value of <c>mapred.child.env</c> is what the variable was before.</summary>
    private static string Expand(string value, Dictionary<string, string> environment) =>
        Variable().Replace(value, m => environment.GetValueOrDefault(m.Groups[1].Value, ""));

    [GeneratedRegex(@"\$(\w+)")]
    private static partial Regex Variable();

    private static string Cut(string value, int bytesMax)
    {
        var length = Math.Min(value.Length, bytesMax);
        while (Encoding.UTF8.GetByteCount(value.AsSpan(0, length)) > bytesMax)
            length -= Math.Max(1, (Encoding.UTF8.GetByteCount(value.AsSpan(0, length)) - bytesMax) / 4);
        return value[..length];
    }

    private static IEnumerable<(string Name, string Value)> OfAttempt(
        JobConf conf, AttemptId attempt, TaskAssignment assignment, string directory)
    {
        var isMap = attempt.Task.Kind == TaskKind.Map ? "true" : "false";
        yield return ("mapred.job.id", attempt.Task.Job.ToString());
        yield return ("mapreduce.job.id", attempt.Task.Job.ToString());
        yield return ("mapred.tip.id", attempt.Task.ToString());
        yield return ("mapreduce.task.id", attempt.Task.ToString());
        yield return ("mapred.task.id", attempt.ToString());
        yield return ("mapreduce.task.attempt.id", attempt.ToString());
        yield return ("mapred.task.partition", Number(attempt.Task.Index));
        yield return ("mapreduce.task.partition", Number(attempt.Task.Index));
        yield return ("mapred.task.is.map", isMap);
        yield return ("mapreduce.task.ismap", isMap);
        yield return ("mapreduce.task.is.map", isMap);
        yield return ("mapred.map.tasks", Number(assignment.Maps));
        yield return ("mapred.reduce.tasks", Number(assignment.Reduces));
        yield return ("mapred.local.dir", directory);
        yield return ("job.local.dir", Path.Combine(directory, "work"));
        yield return ("user.name", assignment.Job.User);
        yield return ("mapred.job.name", conf.Text(JobConf.JobName));
        yield return ("mapred.input.format.class", conf[JobConf.InputFormat] ?? StreamingClasses.TextInput);
        yield return ("mapred.output.format.class", conf[JobConf.OutputFormat] ?? StreamingClasses.TextOutput);
        yield return ("mapred.cache.files", string.Join(',', assignment.Job.Files.Where(f => !f.Unpack).Select(f => $"{f.Path}#{f.Name}")));
        yield return ("mapred.cache.archives", string.Join(',', assignment.Job.Files.Where(f => f.Unpack).Select(f => $"{f.Path}#{f.Name}")));
        var output = OutputPaths.OfAttempt(conf.Text(JobConf.OutputPath), attempt);
        yield return ("mapred.work.output.dir", output);
        yield return ("mapreduce.task.output.dir", output);
        if (assignment.Split is not { } split)
            yield break;
        yield return ("map.input.file", split.Path);
        yield return ("mapreduce.map.input.file", split.Path);
        yield return ("map.input.start", Number(split.Offset));
        yield return ("mapreduce.map.input.start", Number(split.Offset));
        yield return ("map.input.length", Number(split.Length));
        yield return ("mapreduce.map.input.length", Number(split.Length));
    }

    private static string VariableName(string property) =>
        string.Create(property.Length, property, static (name, from) =>
        {
            for (var i = 0; i < name.Length; i++)
                name[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        });

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
