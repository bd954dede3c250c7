using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Agora.Cli;

/// <summary>
/// The cluster of <c>agora up</c>: real processes on this machine, listening on loopback only. Its state is below the
/// state directory: <c>cluster.json</c>, <c>logs/</c>, and a directory for each process.
/// </summary>
/// <param name="cpuQuota">Processors of the machine that a node with all it runs may use; null for no limit.</param>
/// <param name="services">Names of the frameworks' services to start; null for all there are.</param>
internal sealed class EmbeddedCluster(
    int agents, Resources perAgent, int port, string allocator, decimal? cpuQuota, IReadOnlyList<string>? services)
{
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(30), EndPatience = TimeSpan.FromSeconds(20);

    private readonly ClusterFile _file = new($"http://127.0.0.1:{port}", [], [], []);

    /// <summary>Starts everything, a line for each process as it comes up; on a failure ends what was started.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (ClusterFile.Load() is { } running && running.Processes.Any(p => p.IsRunning))
            throw new Failure("a cluster is up already", $"its master is {running.Master}", "end it with 'agora down', or use another AGORA_HOME");
        try
        {
            await StartAllAsync(cancellation);
        }
        catch
        {
            _file.Save();
            Stop(quiet: true);
            throw;
        }
    }

    private async Task StartAllAsync(CancellationToken cancellation)
    {
        var state = Installation.StateDirectory;
        ForgetDecisions(Path.Combine(state, "master"));
        await StartAsync("master", Path.Combine(Installation.BinDirectory, "agora-master"),
            ["--port", $"{port}", "--work-dir", Path.Combine(state, "master"), "--allocator", allocator,
                "--agent-ping-interval", "2"], cancellation);
        var groups = cpuQuota is null ? null : FindGroups();
        var starting = new List<Task>();
        for (var i = 1; i <= agents; i++)
        {
            // Two racks, so that rack locality means something.
            var (name, rack) = ($"node{i}", i <= (agents + 1) / 2 ? 1 : 2);
            _file.Nodes.Add(name);
            starting.Add(StartAsync(name, Path.Combine(Installation.BinDirectory, "agora-agent"),
                ["--master", _file.Master, "--port", "0", "--hostname", name, "--resources", perAgent.ToString(),
                    "--attributes", $"rack:rack{rack}", "--work-dir", Path.Combine(state, name)], cancellation,
                groups is null ? null : Hold(groups, name)));
        }
        await Task.WhenAll(starting);
        await AwaitAgentsAsync(cancellation);
        _file.Save();
        if (services is not [])
        {
            foreach (var service in ServiceFile.Load(services))
                await StartServiceAsync(service, cancellation);
            _file.Save();
            StartKeeper();
        }
        _file.Save();
    }

    /// <summary>A cluster that is brought up has all its agents, whatever was drained or gone in the one before.</summary>
    private static void ForgetDecisions(string master)
    {
        if (Directory.Exists(master))
            foreach (var file in Directory.GetFiles(master, "registry.db*"))
                File.Delete(file);
    }

    private static NodeGroups FindGroups()
    {
        var groups = NodeGroups.Find() ?? throw NoQuota("no control group hierarchy with a cpu controller is mounted");
        groups.Remove();
        groups.Sweep();
        return groups;
    }

    private string Hold(NodeGroups groups, string node)
    {
        try
        {
            return groups.Make(node, cpuQuota!.Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoQuota(e.Message);
        }
    }

    private static Failure NoQuota(string why) => new("the nodes cannot be held to a part of a processor", why,
        "be root on a machine whose control groups can be written, or leave --cpu-quota out");

    private void StartKeeper()
    {
        var process = Launch([Environment.ProcessPath!, "keep"], LogOf(Keeper.ProcessName), readReady: false);
        _file.Processes.Add(new ClusterProcess(Keeper.ProcessName, process.Id, ProcessTable.StartTicks(process.Id) ?? 0));
    }

    private async Task StartServiceAsync(ServiceFile service, CancellationToken cancellation)
    {
        string Replaced(string text)
        {
            foreach (var (name, url) in _file.Services)
                text = text.Replace($"{{service:{name}}}", url, StringComparison.Ordinal);
            return text.Replace("{state}", Installation.StateDirectory, StringComparison.Ordinal)
                .Replace("{master}", _file.Master, StringComparison.Ordinal)
                .Replace("{nodes}", string.Join(',', _file.Nodes), StringComparison.Ordinal)
                .Replace("{port}", "0", StringComparison.Ordinal);
        }

        string[] arguments = [.. service.Command.Skip(1).Select(Replaced)];
        var program = Path.Combine(Installation.BinDirectory, service.Command[0]);
        var url = await StartAsync(service.Name, program, arguments, cancellation);
        _file.Services[service.Name] = url;
        // Started again, it is found where it was.
        var port = new Uri(url).Port;
        List<string> again = [program, .. arguments];
        if (service.Command.IndexOf("{port}") is var at and > 0)
            again[at] = $"{port}";
        _file.Processes[^1] = _file.Processes[^1] with { Command = again };
    }

    public static string LogOf(string name) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(Installation.StateDirectory, "logs")).FullName, name + ".log");

    /// <summary>Starts a process of its own session with its log in a file.</summary>
    /// <param name="readReady">Its standard output comes here instead of into the log.</param>
    /// <param name="group">The member file of the control group that it begins in; null for this process's own.</param>
    public static Process Launch(IReadOnlyList<string> command, string log, bool readReady, string? group = null) =>
        // The shell only opens the log, enters the group and becomes the program.
        Process.Start(new ProcessStartInfo("setsid",
            ["/bin/sh", "-c", $"exec 2>>\"$0\" </dev/null{(readReady ? "" : " >&2")}; [ -z \"$1\" ] || echo $$ >\"$1\" || exit; shift; exec \"$@\"",
                log, group ?? "", .. command])
        { RedirectStandardOutput = readReady })!;

    /// <summary>Starts a process of its own session with its log in a file, and waits for its ready line.</summary>
    /// <returns>The URL it serves.</returns>
    private async Task<string> StartAsync(
        string name, string program, IReadOnlyList<string> arguments, CancellationToken cancellation, string? group = null)
    {
        if (!File.Exists(program))
            throw new Failure($"{name} could not be started", $"{program} does not exist", "run ./build");
        var log = LogOf(name);
        File.Delete(log);
        var started = Stopwatch.StartNew();
        var process = Launch([program, .. arguments], log, readReady: true, group);
        lock (_file.Processes)
            _file.Processes.Add(new ClusterProcess(name, process.Id, ProcessTable.StartTicks(process.Id) ?? 0));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ReadyPatience);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (!line.StartsWith("ready ", StringComparison.Ordinal))
                    continue;
                var url = line["ready ".Length..].Trim();
                Console.WriteLine($"{name,-20} {url,-28} up in {started.ElapsedMilliseconds} ms");
                return url;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new Failure($"{name} did not come up", $"it said nothing for {ReadyPatience.TotalSeconds:0} s", $"see {log}");
        }
        var said = File.Exists(log) ? File.ReadAllLines(log).TakeLast(5).ToList() : [];
        var why = said.FirstOrDefault(l => l.StartsWith("why:", StringComparison.Ordinal))?[4..].Trim() ?? string.Join(' ', said);
        var what = said.FirstOrDefault(l => l.StartsWith("error:", StringComparison.Ordinal))?[6..].Trim() ?? "it ended";
        throw new Failure($"{name} did not come up: {what}", why.Length > 0 ? why : "it ended without a word",
            name == "master" && IsTaken(port) ? $"stop what listens on port {port}, or choose another with --port" : $"see {log}");
    }

    private static bool IsTaken(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private async Task AwaitAgentsAsync(CancellationToken cancellation)
    {
        using var cluster = Cluster.Find(_file.Master);
        var waited = Stopwatch.StartNew();
        while ((await cluster.SnapshotAsync()).Agents.Count(a => a.Condition == AgentCondition.Active) < agents)
        {
            if (waited.Elapsed > ReadyPatience)
                throw new Failure("not all agents registered", $"the master knows fewer than {agents}", $"see {Installation.StateDirectory}/logs");
            await Task.Delay(10, cancellation);
        }
        if (await FirstTasks.RunAsync(cluster.Location, agents, ReadyPatience) is { } wrong)
            throw new Failure("the agents do not run tasks", wrong, $"see {Installation.StateDirectory}/logs");
        Console.WriteLine($"{agents} agents registered with {_file.Master}, and each has run a first task");
    }

    /// <summary>
    /// Ends the cluster: services first, then agents (which kill what runs), then the master; and whatever is left of it.
    /// </summary>
    public static void Stop(bool quiet = false)
    {
        if (ClusterFile.Load() is not { } file)
            return;
        End(file.Processes.Where(p => p.Name == Keeper.ProcessName));
        // The keeper may have started some anew.
        file = ClusterFile.Load() ?? file;
        var agents = file.Processes.Where(p => file.Nodes.Contains(p.Name)).ToList();
        var master = file.Processes.Where(p => p.Name == "master").ToList();
        End(file.Processes.Except(agents).Except(master).Reverse());
        End(agents);
        End(master);
        foreach (var pid in ProcessTable.Naming(Installation.StateDirectory + "/").ToList())
            if (!IsAncestor(pid))
                Native.Kill(pid, Native.SigKill);
        NodeGroups.Find()?.Remove();
        File.Delete(ClusterFile.FilePath);
        if (!quiet)
            Console.WriteLine($"the cluster at {file.Master} is down");
    }

    private static bool IsAncestor(int pid)
    {
        for (var own = Environment.ProcessId; own > 1;)
        {
            if (own == pid)
                return true;
            var stat = File.ReadAllText($"/proc/{own}/stat");
            own = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        return false;
    }

    private static void End(IEnumerable<ClusterProcess> processes)
    {
        var ending = processes.Where(p => p.IsRunning).ToList();
        foreach (var process in ending)
            Native.Kill(process.Pid, Native.SigTerm);
        var waited = Stopwatch.StartNew();
        while (ending.Any(p => p.IsRunning) && waited.Elapsed < EndPatience)
            Thread.Sleep(5);
        foreach (var process in ending.Where(p => p.IsRunning))
            Native.Kill(process.Pid, Native.SigKill);
    }
}
