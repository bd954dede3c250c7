using System.CommandLine;

namespace Agora.Cli.Commands;

internal static class ExplainCommand
{
    public static Command Create()
    {
        var framework = new Argument<string>("framework") { Description = "Framework id or name" };
        var task = new Argument<string?>("task")
        {
            Description = "Task id: explain that task instead",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (master, json) = (Cluster.MasterOption(), CommandExtensions.JsonOption());
        var command = new Command("explain", "Say why a framework has what it has and gets no more, or how a task fares"
            .WithExample("agora explain jobtracker")) { framework, task, master, json };
        command.Does(async (parsed, _) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var asJson = parsed.GetValue(json);
            if (parsed.GetValue(task) is { } taskId)
                await ExplainTask(cluster, parsed.GetValue(framework)!, taskId, asJson);
            else
                await ExplainFramework(cluster, parsed.GetValue(framework)!, asJson);
            return 0;
        });
        return command;
    }

    private static async Task ExplainFramework(Cluster cluster, string name, bool asJson)
    {
        var explanation = await cluster.ExplainFrameworkAsync(name);
        if (asJson)
        {
            Output.Json(writer => ViewJson.Write(writer, explanation));
            return;
        }
        Console.WriteLine(explanation.Summary);
        foreach (var line in explanation.Details)
            Console.WriteLine($"  {line}");
    }

    private static async Task ExplainTask(Cluster cluster, string framework, string taskId, bool asJson)
    {
        var id = await Lookup.FrameworkAsync(cluster, framework);
        var explanation = await cluster.ExplainTaskAsync(id, new TaskId(taskId));
        if (asJson)
        {
            Output.Json(writer => ViewJson.Write(writer, explanation.Task));
            return;
        }
        Console.WriteLine(explanation.Summary);
        foreach (var status in explanation.Task.History)
        {
            Console.WriteLine($"  {status.Time:HH:mm:ss.fff} {status.State,-12} by {status.Source}" +
                (status.Reason == StatusReason.None ? "" : $", {status.Reason}") +
                (status.Message.Length == 0 ? "" : $": {status.Message}"));
        }
    }
}

/// <summary>Finds what a user names.</summary>
internal static class Lookup
{
    public static async Task<FrameworkId> FrameworkAsync(Cluster cluster, string idOrName)
    {
        var frameworks = (await cluster.SnapshotAsync()).Frameworks;
        // Of several of one name the newest is meant, and one that lives before one that has ended.
        var found = frameworks.FirstOrDefault(f => f.Info.Id?.Value == idOrName)
            ?? frameworks.Where(f => f.Info.Name == idOrName)
                .OrderBy(f => f.Condition == FrameworkCondition.Completed).ThenByDescending(f => f.Registered).FirstOrDefault()
            ?? throw new Failure($"no framework '{idOrName}'", "neither an id nor a name of a framework", "see 'agora frameworks'");
        return found.Info.Id!.Value;
    }

    /// <summary>Finds an agent by id or hostname; an id may be of one that the master does not know.</summary>
    public static async Task<AgentId> AgentAsync(Cluster cluster, string idOrHostname)
    {
        var found = (await cluster.SnapshotAsync()).Agents.Where(a => a.Info.Id?.Value == idOrHostname || a.Info.Hostname == idOrHostname).ToList();
        if (found.Count > 1 && found.Where(a => a.Condition != AgentCondition.Unreachable).ToList() is { Count: 1 } there)
            found = there;
        return found.Count switch
        {
            1 => found[0].Info.Id!.Value,
            0 when idOrHostname.StartsWith("agent-", StringComparison.Ordinal) => new AgentId(idOrHostname),
            0 => throw new Failure($"no agent '{idOrHostname}'", "neither an id nor a hostname of an agent", "see 'agora agents'"),
            _ => throw new Failure($"'{idOrHostname}' is the hostname of several agents",
                $"{string.Join(", ", found.Select(a => a.Info.Id))} have it", "name one by its id", 2),
        };
    }

    public static Option<string?> DurationOption(string name, string description) =>
        new(name) { Description = $"{description} (30s, 10m, 2h, 1d)", HelpName = "duration" };

    public static TimeSpan? Duration(string? text) => text is null ? null
        : Durations.TryParse(text, out var duration, out var wrong) ? duration
        : throw new Failure(wrong, "it is not a number with s, m, h or d behind it", "write it as 90s, 10m or 2h", 2);

    /// <summary>Finds a task by its id, and by its framework where more than one has such a task.</summary>
    public static async Task<(TaskView Task, AgentView? Agent)> TaskAsync(Cluster cluster, string taskId, string? framework)
    {
        var snapshot = await cluster.SnapshotAsync(withTasks: true);
        var found = snapshot.Tasks.Where(t => t.Id.Value == taskId &&
            (framework is null || t.FrameworkId.Value == framework || snapshot.Frameworks.Any(f =>
                f.Info.Id == t.FrameworkId && f.Info.Name == framework))).ToList();
        if (found.Count == 0)
            throw new Failure($"no task '{taskId}'", "no framework has or remembers one of that id", "see 'agora tasks'");
        if (found.Select(t => t.FrameworkId).Distinct().Count() > 1)
        {
            throw new Failure($"'{taskId}' is the id of several tasks",
                $"frameworks {string.Join(", ", found.Select(t => t.FrameworkId))} have one each",
                "name the framework with --framework", 2);
        }
        var task = found[^1];
        return (task, snapshot.Agents.FirstOrDefault(a => a.Info.Id == task.AgentId));
    }
}
