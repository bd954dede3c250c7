using System.CommandLine;
using System.Text;
using Agora.Sdk;

namespace Agora.Cli.Commands;

internal static class RunCommand
{
    /// <summary>How long nothing is said while there is no offer; then why.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private const int NotRun = 125, Interrupted = 130;

    public static Command Create()
    {
        var cpus = new Option<decimal>("--cpus") { Description = "Processors", DefaultValueFactory = _ => 1 };
        var mem = new Option<long>("--mem") { Description = "Memory in MiB", DefaultValueFactory = _ => 64 };
        var disk = new Option<long>("--disk") { Description = "Disk space in MiB" };
        var name = new Option<string?>("--name") { Description = "Name of framework and task; default the program's" };
        var role = new Option<string>("--role") { Description = "Role to share as", DefaultValueFactory = _ => FrameworkInfo.DefaultRole };
        var env = new Option<string[]>("--env") { Description = "NAME=VALUE for the command; may be repeated", HelpName = "name=value" };
        var fetch = new Option<string[]>("--fetch") { Description = "File or URL to put into the sandbox; may be repeated", HelpName = "uri" };
        var words = new Argument<string[]>("command") { Description = "Program and arguments, after --", Arity = ArgumentArity.OneOrMore };
        var (master, json) = (Cluster.MasterOption(), CommandExtensions.JsonOption());
        json.Description = "Print one JSON object at the end, output included, instead of the output";
        var command = new Command("run", ("Run a command on the cluster: its output appears here, its exit code is this " +
            $"command's; {NotRun} if it could not be run").WithExample("agora run --cpus 1 --mem 64 -- sh -c 'echo hello; exit 3'"))
        {
            cpus, mem, disk, name, role, env, fetch, words, master, json,
        };
        command.Does(async (parsed, cancellation) =>
        {
            var arguments = parsed.GetValue(words)!;
            if (parsed.GetValue(cpus) < 0 || parsed.GetValue(mem) < 0 || parsed.GetValue(disk) < 0 || parsed.GetValue(cpus) + parsed.GetValue(mem) == 0)
                throw new Failure("nothing to run on", $"--cpus {parsed.GetValue(cpus)} --mem {parsed.GetValue(mem)} is no amount of resources",
                    "ask for some, such as --cpus 1 --mem 64", 2);
            var title = parsed.GetValue(name) ?? Path.GetFileName(arguments[0]);
            var spec = new CommandSpec(arguments, Environment(parsed.GetValue(env) ?? []),
                [.. (parsed.GetValue(fetch) ?? []).Select(uri => new Artifact(uri))]);
            using var cluster = Cluster.Find(parsed.GetValue(master));
            return await RunAsync(cluster, title, parsed.GetValue(role)!, spec,
                Resources.Of(parsed.GetValue(cpus), parsed.GetValue(mem), parsed.GetValue(disk)), parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static Dictionary<string, string> Environment(string[] pairs)
    {
        var environment = new Dictionary<string, string>();
        foreach (var pair in pairs)
        {
            var sign = pair.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
                throw new Failure($"--env '{pair}' is not understood", "it has no '=' after a name", "write it as NAME=VALUE", 2);
            environment[pair[..sign]] = pair[(sign + 1)..];
        }
        return environment;
    }

    private static async Task<int> RunAsync(Cluster cluster, string title, string role, CommandSpec command,
        Resources resources, bool asJson, CancellationToken cancellation)
    {
        await using Stream output = asJson ? new MemoryStream() : Console.OpenStandardOutput();
        await using Stream error = asJson ? new MemoryStream() : Console.OpenStandardError();
        var scheduler = new RunScheduler(title, role, command, resources);
        var driver = new SchedulerDriver(scheduler, cluster.Location, TimeProvider.System);
        var driving = DriveAsync(driver, scheduler);
        await using var interrupted = cancellation.Register(() => driver.Post(scheduler.Interrupt));
        using var finished = new CancellationTokenSource();
        var explaining = ExplainWaitAsync(cluster, scheduler, finished.Token);
        var place = await scheduler.Placed;
        if (place is { } agent)
            await CopyOutputAsync(cluster, agent, scheduler, output, error, cancellation);
        var last = await scheduler.Ended;
        await finished.CancelAsync();
        await explaining;
        await driver.StopAsync(teardown: true);
        await driving;
        if (asJson)
            PrintJson(scheduler, place, last, (MemoryStream)output, (MemoryStream)error);
        return Told(last, cancellation.IsCancellationRequested, quiet: asJson);
    }

    private static void PrintJson(
        RunScheduler scheduler, AgentInfo? place, TaskStatus last, MemoryStream output, MemoryStream error) =>
        Output.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("task", last.TaskId.Value);
            json.WriteString("framework", scheduler.IsSubscribed ? scheduler.FrameworkId.Value : null);
            json.WriteString("hostname", place?.Hostname);
            json.WriteString("state", last.State.ToString());
            json.WriteString("reason", last.Reason.ToString());
            json.WriteString("message", last.Message);
            if (last.ExitCode is { } code)
                json.WriteNumber("exitCode", code);
            json.WriteString("stdout", Encoding.UTF8.GetString(output.ToArray()));
            json.WriteString("stderr", Encoding.UTF8.GetString(error.ToArray()));
            json.WriteEndObject();
        });

    private static async Task DriveAsync(SchedulerDriver driver, RunScheduler scheduler)
    {
        try
        {
            await driver.RunAsync();
        }
        catch (SchedulerErrorException e)
        {
            scheduler.Fail(e.Message);
        }
    }

    /// <summary>Output to a terminal or file that is gone does not end the task.</summary>
    private static async Task CopyOutputAsync(
        Cluster cluster, AgentInfo agent, RunScheduler scheduler, Stream output, Stream error, CancellationToken cancellation)
    {
        using var sandbox = new SandboxReader(cluster, agent, scheduler.FrameworkId, RunScheduler.TaskName);
        try
        {
            await Task.WhenAll(sandbox.CopyAsync("stdout", follow: true, output, cancellation),
                sandbox.CopyAsync("stderr", follow: true, error, cancellation));
        }
        catch (OperationCanceledException)
        {
            // Interrupted: the task is being killed.
        }
    }

    private static async Task ExplainWaitAsync(Cluster cluster, RunScheduler scheduler, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Silence, cancellation);
            if (scheduler.Placed.IsCompleted)
                return;
            var why = scheduler.IsSubscribed ? (await cluster.ExplainFrameworkAsync(scheduler.FrameworkId.Value)).Summary
                : $"the master at {cluster.Location} does not answer";
            await Console.Error.WriteLineAsync($"waiting for resources: {why}");
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
        catch (Failure)
        {
            // Whatever stands in the way of asking shows elsewhere.
        }
    }

    private static int Told(TaskStatus last, bool interrupted, bool quiet)
    {
        if (interrupted)
            return Interrupted;
        if (last.State == TaskState.Finished)
            return 0;
        if (last.ExitCode is { } code && last.Reason == StatusReason.CommandFailed && code != 0)
            return code;
        if (quiet)
            return last.ExitCode is { } quietCode and not 0 ? quietCode : NotRun;
        Console.Error.WriteLine($"error: the task ended as {last.State}");
        Console.Error.WriteLine($"why:   {(last.Message.Length > 0 ? last.Message : last.Reason.ToString())}");
        Console.Error.WriteLine($"fix:   see 'agora agents' and 'agora logs --stderr {RunScheduler.TaskName}'");
        return last.ExitCode is { } other and not 0 ? other : NotRun;
    }
}
