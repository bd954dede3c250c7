using System.CommandLine;

namespace Agora.Cli.Commands;

internal static class KillCommand
{
    public static Command Create()
    {
        var task = new Argument<string?>("task") { Description = "Task id", Arity = ArgumentArity.ZeroOrOne };
        var framework = new Option<string?>("--framework") { Description = "Framework id or name; without a task: end the framework" };
        var grace = new Option<double?>("--grace") { Description = "Seconds between SIGTERM and SIGKILL; default the task's own" };
        var (master, json) = (Cluster.MasterOption(), CommandExtensions.JsonOption());
        var command = new Command("kill", "Kill a task, or a framework with all its tasks".WithExample("agora kill sleep-1"))
        {
            task, framework, grace, master, json,
        };
        command.Does(async (parsed, _) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var name = parsed.GetValue(framework);
            OperatorCommand order;
            if (parsed.GetValue(task) is { } taskId)
            {
                var (found, _) = await Lookup.TaskAsync(cluster, taskId, name);
                order = new OperatorCommand.KillTask(found.FrameworkId, found.Id,
                    parsed.GetValue(grace) is { } seconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null);
            }
            else if (name is not null)
            {
                order = new OperatorCommand.Teardown(await Lookup.FrameworkAsync(cluster, name));
            }
            else
            {
                throw new Failure("nothing to kill is named", "neither a task nor --framework is given",
                    "agora kill TASK, or agora kill --framework NAME", 2);
            }
            var refused = await cluster.OrderAsync(order);
            if (refused is not null)
                throw new Failure("nothing was killed", refused, "see 'agora tasks'");
            if (parsed.GetValue(json))
                PrintJson(order);
            return 0;
        });
        return command;
    }

    private static void PrintJson(OperatorCommand order) => Output.Json(json =>
    {
        json.WriteStartObject();
        if (order is OperatorCommand.KillTask kill)
        {
            json.WriteString("framework", kill.FrameworkId.Value);
            json.WriteString("task", kill.TaskId.Value);
        }
        else if (order is OperatorCommand.Teardown teardown)
        {
            json.WriteString("framework", teardown.FrameworkId.Value);
        }
        json.WriteEndObject();
    });
}
