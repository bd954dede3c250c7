using Agora.RemoteShell;
using Agora.Torque.Cli.Submit;

namespace Agora.Torque.Cli.Spread;

/// <summary><c>pbsdsh</c>: runs a program on the slots of the job that it is called in.</summary>
internal static class PbsdshCommand
{
    /// <summary>A host was lost, or does not run it.</summary>
    private const int LostExit = 255;

    public static async Task<int> RunAsync(CommandContext context, IReadOnlyList<string> arguments)
    {
        var options = PbsdshOptions.Read(arguments, context.Error);
        if (context.Variable("PBS_JOBID") is null || context.Variable("PBS_NODEFILE") is not { } nodeFile ||
            context.Variable(RemoteHosts.Variable) is not { } hostsFile)
            throw new CommandFailure(1, "pbsdsh: not executing under PBS");
        var (lines, hosts) = Load(nodeFile, hostsFile);
        var tasks = SlotPlan.Of(lines, options);
        var exitCode = 0;
        if (options.OneByOne)
        {
            foreach (var task in tasks)
                exitCode = Math.Max(exitCode, await RunAsync(context, hosts, task, options));
        }
        else
        {
            exitCode = (await Task.WhenAll(tasks.Select(t => RunAsync(context, hosts, t, options)))).Max();
        }
        return exitCode;
    }

    private static (IReadOnlyList<string> Lines, RemoteHosts Hosts) Load(string nodeFile, string hostsFile)
    {
        try
        {
            string[] lines = [.. File.ReadLines(nodeFile).Where(l => l.Length > 0)];
            return lines.Length > 0 ? (lines, RemoteHosts.Load(hostsFile)) : throw new CommandFailure(1, $"pbsdsh: {nodeFile} names no hosts");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandFailure(1, $"pbsdsh: the job's hosts cannot be read: {e.Message}");
        }
    }

    private static async Task<int> RunAsync(CommandContext context, RemoteHosts hosts, SlotTask task, PbsdshOptions options)
    {
        try
        {
            var host = hosts.Find(task.Host) ?? throw new RemoteShellException($"{task.Host} is not among the hosts of {RemoteHosts.Variable}");
            if (options.IsVerbose)
                context.Say($"task {task.Task} on {task.Host}, slot {task.Slot}");
            var exitCode = await RemoteShellClient.RunAsync(host, CommandLine(task, options.Program), hasInput: false);
            if (options.IsVerbose)
                context.Say($"task {task.Task} exit status {exitCode}");
            return exitCode;
        }
        catch (RemoteShellException e)
        {
            context.Say(e.Message);
            return LostExit;
        }
    }

    /// <summary>In the home directory, as a task that knows its number.</summary>
    public static string CommandLine(SlotTask task, IReadOnlyList<string> program) =>
        $"export PBS_NODENUM={task.Node} PBS_VNODENUM={task.Slot} PBS_TASKNUM={task.Task}; cd \"$HOME\"; " +
        $"exec {string.Join(' ', program.Select(ShellWords.Quote))}";
}
