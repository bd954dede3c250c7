using System.CommandLine;
using System.Text;

namespace Agora.Cli.Commands;

internal static class LogsCommand
{
    public static Command Create()
    {
        var task = new Argument<string>("task") { Description = "Task id" };
        var framework = new Option<string?>("--framework") { Description = "Framework id or name, if several have such a task" };
        var stderr = new Option<bool>("--stderr") { Description = "Its standard error instead of its standard output" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the task ends" };
        var (master, json) = (Cluster.MasterOption(), CommandExtensions.JsonOption());
        var command = new Command("logs", "Print what a task wrote".WithExample("agora logs --follow sleep-1"))
        {
            task, framework, stderr, follow, master, json,
        };
        command.Does(async (parsed, cancellation) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var (found, agent) = await Lookup.TaskAsync(cluster, parsed.GetValue(task)!, parsed.GetValue(framework));
            if (agent is null)
                throw new Failure($"the logs of '{found.Id}' are not to be had", $"its agent {found.AgentId} is gone", "nothing can be done");
            using var sandbox = new SandboxReader(cluster, agent.Info, found.FrameworkId, found.ExecutorId?.Value ?? found.Id.Value);
            var file = parsed.GetValue(stderr) ? "stderr" : "stdout";
            if (!parsed.GetValue(json))
            {
                await using var output = Console.OpenStandardOutput();
                await sandbox.CopyAsync(file, parsed.GetValue(follow), output, cancellation);
                return 0;
            }
            using var text = new MemoryStream();
            await sandbox.CopyAsync(file, parsed.GetValue(follow), text, cancellation);
            Output.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("task", found.Id.Value);
                writer.WriteString("framework", found.FrameworkId.Value);
                writer.WriteString("file", file);
                writer.WriteString("text", Encoding.UTF8.GetString(text.ToArray()));
                writer.WriteEndObject();
            });
            return 0;
        });
        return command;
    }
}
