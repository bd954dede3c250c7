using System.Collections;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Agora.Election;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Service;
using Agora.Hadoop.Store;
using Agora.Hadoop.Tasks;
using Agora.Sdk;

namespace Agora.Hadoop;

/// <summary>The programs of <c>agora-hadoop</c>: they read options, wire the parts together and wait.</summary>
internal static class Commands
{
    private const int StoreThreads = 32;

    /// <summary>Of the middle part of job ids.</summary>
    private const string IdentifierFormat = "yyyyMMddHHmm";

    /// <summary>How long a TaskTracker without work stays, in seconds.</summary>
    private const int IdleSeconds = 30;

    /// <summary>How long jobs go on without their JobTracker.</summary>
    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromHours(1);

    public static async Task<int> StoreAsync(IReadOnlyList<string> words)
    {
        var options = new Arguments(words, "--root", "--nodes", "--port", "--block-size", "--replication", "--master",
            "--dead-after", "--sync-on-close", "--address");
        string[] nodes = options.Required("--nodes")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (nodes.Length == 0)
            throw new UsageException("--nodes names no host");
        if (nodes.FirstOrDefault(n => n.Contains('/', StringComparison.Ordinal) || n.StartsWith('.')) is { } bad)
            throw new UsageException($"--nodes: '{bad}' is not a hostname");
        var replication = options.Int("--replication", 1);
        if (replication < 1 || replication > nodes.Length)
            throw new UsageException($"--replication {replication} is not between 1 and the {nodes.Length} nodes");
        var defaults = new StoreOptions(options.Required("--root"), nodes);
        var address = defaults.Address;
        if (options["--address"] is { } text && !IPAddress.TryParse(text, out address))
            throw new UsageException($"--address: '{text}' is no IP address");
        // Waiting for disks holds threads up, and must not hold up requests that need none.
        ThreadPool.SetMinThreads(StoreThreads, StoreThreads);
        await using var host = await StoreHost.StartAsync(defaults with
        {
            Address = address!,
            BlockSizeBytes = Math.Max(StoreOptions.BlockSizeBytesMin,
                options.Size("--block-size", defaults.BlockSizeBytes)),
            Replication = replication,
            Masters = options["--master"] is { } masters ? Masters(masters) : null,
            SyncOnClose = options["--sync-on-close"] switch
            {
                null or "false" => false,
                "true" => true,
                var other => throw new UsageException($"--sync-on-close is true or false, not '{other}'"),
            },
            DeadAfter = TimeSpan.FromSeconds(options.Int("--dead-after", (int)defaults.DeadAfter.TotalSeconds)),
        }, options.Int("--port", 0), TimeProvider.System, Console.Error.WriteLine);
        Ready(host.Address);
        await host.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }

    public static async Task<int> JobTrackerAsync(IReadOnlyList<string> words)
    {
        var options = new Arguments(words, "--master", "--store", "--port", "--role", "--state", "--scheduling", "--pools",
            "--identifier");
        var masters = Masters(options.Required("--master"));
        var store = options.Address("--store") ?? throw new UsageException("--store is missing");
        var framework = new FrameworkInfo(NewFrameworkId(), "hadoop", Environment.UserName,
            Role: options["--role"] ?? FrameworkInfo.DefaultRole, FailoverTimeout: FailoverTimeout);
        using var journal = options["--state"] is { } state ? new JobTrackerJournal(state) : null;
        var identifier = options["--identifier"] ?? TimeProvider.System.GetLocalNow().ToString(IdentifierFormat, CultureInfo.InvariantCulture);
        if (!DateTime.TryParseExact(identifier, IdentifierFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            throw new UsageException($"--identifier: '{identifier}' is no minute, such as 202611271842");
        var tracker = new JobTracker(new JobTrackerOptions(identifier, framework,
            new CommandSpec([ProgramPath, "tasktracker", "--store", store.ToString()]))
        {
            Scheduling = options["--scheduling"] switch
            {
                null or "fair" => JobScheduling.Fair,
                "fifo" => JobScheduling.Fifo,
                var other => throw new UsageException($"--scheduling is fair or fifo, not '{other}'"),
            },
            PoolWeights = PoolWeights(options["--pools"]),
        });
        using var stores = new UserStores(store);
        using var loop = new JobTrackerLoop(tracker, stores, journal, TimeProvider.System, Console.Error.WriteLine);
        using var end = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            end.Cancel();
        });
        var driver = NewDriver(loop, masters);
        var (web, address) = await JobTrackerApi.StartAsync(loop, options.Int("--port", 0), MasterAccess.Find(masters).Credential);
        await using (web)
        {
            Ready(address);
            while (true)
            {
                var run = driver.RunAsync(CancellationToken.None);
                await using var shown = loop.Show(driver);
                await Task.WhenAny(run, Task.Delay(Timeout.Infinite, end.Token));
                if (end.IsCancellationRequested && !run.IsCompleted)
                {
                    // With a journal the jobs go on and are taken up again; without it nobody could.
                    await driver.StopAsync(teardown: journal is null);
                    await run;
                    return 0;
                }
                try
                {
                    await run;
                    return 0;
                }
                catch (SchedulerErrorException e)
                {
                    await Console.Error.WriteLineAsync($"{e.Message}; going on as a new framework");
                    loop.SubscribeAnew(NewFrameworkId());
                    driver = NewDriver(loop, masters);
                }
            }
        }
    }

    private static SchedulerDriver NewDriver(JobTrackerLoop loop, MasterLocation masters)
    {
        var driver = new SchedulerDriver(loop, masters, TimeProvider.System,
            new SchedulerDriverOptions { Log = Console.Error.WriteLine });
        loop.Use(driver.Post);
        return driver;
    }

    /// <summary>Chosen here, so that it means the same framework to every master there will be.</summary>
    private static FrameworkId NewFrameworkId() => new($"hadoop-{Guid.NewGuid():N}");

    private static Dictionary<string, decimal> PoolWeights(string? list)
    {
        Dictionary<string, decimal> weights = [];
        foreach (var item in list?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var equals = item.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !decimal.TryParse(item[(equals + 1)..], CultureInfo.InvariantCulture, out var weight) || weight <= 0)
                throw new UsageException($"--pools takes NAME=WEIGHT,... with weights above 0, not '{item}'");
            weights[item[..equals]] = weight;
        }
        return weights;
    }

    public static async Task<int> TaskTrackerAsync(IReadOnlyList<string> words)
    {
        var options = new Arguments(words, "--store", "--idle");
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");
        var node = new Node(
            Variable(environment, ExecutorEnvironment.Sandbox),
            Variable(environment, ExecutorEnvironment.SharedOutput),
            $"http://{Variable(environment, ExecutorEnvironment.AgentAddress)}/files/shared", environment);
        using var stores = new UserStores(
            options.Address("--store"), Variable(environment, ExecutorEnvironment.Hostname));
        using var runner = new AttemptRunner(node, stores, TimeProvider.System);
        using var tracker = new TaskTracker(runner, TimeProvider.System,
            TimeSpan.FromSeconds(options.Int("--idle", IdleSeconds)));
        return await new ExecutorDriver(tracker).RunAsync();
    }

    private static MasterLocation Masters(string text)
    {
        try
        {
            return MasterLocation.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--master: {e.Message}");
        }
    }

    /// <summary>This program, as agents are to start it.</summary>
    private static string ProgramPath => Environment.ProcessPath
        ?? throw new IOException("the path of this program is not known, so no agent could start a TaskTracker");

    private static string Variable(Dictionary<string, string> environment, string name) =>
        environment.GetValueOrDefault(name) is { Length: > 0 } value ? value
            : throw new UsageException($"{name} is not set: a TaskTracker is started by an Agora agent");

    private static void Ready(Uri address)
    {
        Console.Out.WriteLine($"ready {address.ToString().TrimEnd('/')}");
        Console.Out.Flush();
    }
}
