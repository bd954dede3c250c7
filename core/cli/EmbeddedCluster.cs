using System.Diagnostics;
using Agora.Election;
using Agora.Sdk;
using Agora.Security;

namespace Agora.Cli;

/// <summary>
/// The cluster of <c>agora up</c>: real processes on this machine, which only this machine reaches. Its state is below the
/// state directory: <c>cluster.json</c>, <c>logs/</c>, and a directory for each process.
/// </summary>
internal sealed class EmbeddedCluster(UpOptions options)
{
    private const string Master = "master", Loopback = "127.0.0.1";

    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(30), EndPatience = TimeSpan.FromSeconds(20);

    /// <summary>Of a leader, in seconds: short, as there is no network between the parts that could be slow.</summary>
    private const int Lease = 2;

    private ClusterFile _file = new("", [], [], []);

    /// <summary>Where everything but the agents listens.</summary>
    private string _address = Loopback;

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
        var networks = options.Networks ? NodeNetworks.Make(Enumerable.Range(1, options.Agents).Select(NameOf)) : null;
        _address = networks?.Address ?? Loopback;
        var election = options.Election is { } kind ? new ElectionService(kind, _address) : null;
        _file = _file with { Master = election?.Location ?? $"http://{_address}:{options.Port}", Credential = options.IsOpen ? null : ClusterSecrets.Own };
        if (!options.IsOpen)
        {
            ClusterSecrets.Make();
            MasterAccess.Remember(MasterLocation.Parse(_file.Master), new MasterAccess(new CredentialFile(ClusterSecrets.Own)));
        }
        if (election is not null)
            await StartAsync(election, Path.Combine(state, election.Name), cancellation);
        await Task.WhenAll(Enumerable.Range(1, options.Masters).Select(i => StartMasterAsync(i, election, cancellation)));

        var groups = options.CpuQuota is null ? null : FindGroups();
        var starting = new List<Task>();
        for (var i = 1; i <= options.Agents; i++)
        {
            var name = NameOf(i);
            _file.Nodes.Add(name);
            starting.Add(StartAgentAsync(name, i, networks, groups is null ? null : Hold(groups, name), cancellation));
        }
        await Task.WhenAll(starting);
        await AwaitAgentsAsync(cancellation);
        _file.Save();
        if (options.Services is not [])
        {
            foreach (var service in ServiceFile.Load(options.Services))
                await StartServiceAsync(service, cancellation);
            _file.Save();
        }
        if (_file.Processes.Exists(p => p.Command is not null))
            StartKeeper();
        _file.Save();
        await AwaitMastersAsync(cancellation);
        Console.WriteLine($"{"dashboard",-20} http://{_address}:{options.Port}/{(options.IsOpen ? "" : "          ('agora dashboard' prints a link that lets you in)")}");
    }

    /// <summary>A cluster that is brought up has all its agents, whatever was drained or gone in the one before.</summary>
    private static void ForgetDecisions(string master)
    {
        if (Directory.Exists(master))
            foreach (var file in Directory.GetFiles(master, "registry.db*"))
                File.Delete(file);
    }

    private async Task StartAsync(ElectionService election, string directory, CancellationToken cancellation)
    {
        var started = Stopwatch.StartNew();
        // What operators decided in the cluster before is in it.
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        var (command, log) = (election.Prepare(directory), LogOf(election.Name));
        File.Delete(log);
        var running = Add(election.Name, Launch(command, log, readReady: false), command);
        await election.ReadyAsync(running, log, cancellation);
        Console.WriteLine($"{election.Name,-20} {election.Location,-28} up in {started.ElapsedMilliseconds} ms");
    }

    private async Task StartMasterAsync(int number, ElectionService? election, CancellationToken cancellation)
    {
        var name = options.Masters == 1 ? Master : $"{Master}{number}";
        ForgetDecisions(Path.Combine(Installation.StateDirectory, name));
        List<string> arguments = ["--port", $"{(number == 1 ? options.Port : Ports.Free(_address))}", "--work-dir", Path.Combine(Installation.StateDirectory, name),
            "--allocator", options.Allocator, "--agent-ping-interval", "2", "--reports", options.Reports];
        if (election is not null)
            arguments.AddRange(["--election", election.Location, "--lease", $"{Lease}"]);
        if (_address != Loopback)
            arguments.AddRange(["--bind", _address]);
        arguments.AddRange(options.IsOpen ? ["--insecure"] : ["--credentials", ClusterSecrets.List]);
        // One that has lost the leadership ends, to be started anew.
        await StartAsync(name, [Path.Combine(Installation.BinDirectory, "agora-master"), .. arguments], cancellation,
            isKept: options.Keeps || election is not null);
    }

    private static string NameOf(int node) => $"node{node}";

    private async Task StartAgentAsync(string name, int number, NodeNetworks? networks, string? group, CancellationToken cancellation)
    {
        // Two racks, so that rack locality means something.
        var rack = number <= (options.Agents + 1) / 2 ? 1 : 2;
        List<string> command = [Path.Combine(Installation.BinDirectory, "agora-agent"), "--master", _file.Master, "--port", "0",
            "--hostname", name, "--resources", options.PerAgent.ToString(), "--attributes", $"rack:rack{rack}",
            "--work-dir", Path.Combine(Installation.StateDirectory, name)];
        if (options.Isolation is { } isolation)
            command.AddRange(["--isolation", isolation]);
        command.AddRange(options.AgentOptions);
        command.AddRange(options.IsOpen ? ["--insecure"] : ["--credential", ClusterSecrets.OfAgents]);
        if (networks is not null)
        {
            var (address, link, enter) = networks.Add(number, name);
            command = [.. enter, .. command, "--bind", address];
            lock (_file.Processes)
                _file.Links[name] = link;
        }
        await StartAsync(name, command, cancellation, options.Keeps, group);
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
            return groups.Make(node, options.CpuQuota!.Value);
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
        Add(Keeper.ProcessName, Launch([Environment.ProcessPath!, "keep"], LogOf(Keeper.ProcessName), readReady: false), command: null);
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
                .Replace("{address}", _address, StringComparison.Ordinal)
                .Replace("{port}", "0", StringComparison.Ordinal);
        }

        _file.Services[service.Name] = await StartAsync(service.Name,
            [Path.Combine(Installation.BinDirectory, service.Command[0]), .. service.Command.Skip(1).Select(Replaced)], cancellation, isKept: true);
    }

    public static string LogOf(string name) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(Installation.StateDirectory, "logs")).FullName, name + ".log");

    /// <summary>Starts a process of its own session with its log in a file.</summary>
    /// <param name="readReady">Its standard output comes here instead of into the log.</param>
    /// <param name="group">The member file of the control group that it begins in; null for this process's own.</param>
    public static Process Launch(IReadOnlyList<string> command, string log, bool readReady, string? group = null)
    {
        // The shell only opens the log, enters the group and becomes the program.
        var start = new ProcessStartInfo("setsid",
            ["/bin/sh", "-c", $"exec 2>>\"$0\" </dev/null{(readReady ? "" : " >&2")}; [ -z \"$1\" ] || echo $$ >\"$1\" || exit; shift; exec \"$@\"",
                log, group ?? "", .. command])
        { RedirectStandardOutput = readReady };
        // One for another cluster; this one's is in its file.
        start.Environment.Remove(CredentialFile.Variable);
        return Process.Start(start)!;
    }

    private ClusterProcess Add(string name, Process process, IReadOnlyList<string>? command)
    {
        var added = new ClusterProcess(name, process.Id, ProcessTable.StartTicks(process.Id) ?? 0, command);
        lock (_file.Processes)
            _file.Processes.Add(added);
        return added;
    }

    /// <summary>Starts a process of its own session with its log in a file, and waits for its ready line.</summary>
    /// <param name="isKept">The keeper starts it again when it ends, at the address it had.</param>
    /// <returns>The URL it serves.</returns>
    private async Task<string> StartAsync(
        string name, IReadOnlyList<string> command, CancellationToken cancellation, bool isKept = false, string? group = null)
    {
        if (command.First(w => w.StartsWith('/')) is var program && !File.Exists(program))
            throw Installation.Lacks($"{name} could not be started", program);
        var log = LogOf(name);
        File.Delete(log);
        var started = Stopwatch.StartNew();
        var process = Launch(command, log, readReady: true, group);
        var running = Add(name, process, command: null);
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
                if (isKept)
                    Keep(running, command, new Uri(url).Port, group);
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
            name.StartsWith(Master, StringComparison.Ordinal) && Ports.IsTaken(_address, options.Port)
                ? $"stop what listens on port {options.Port}, or choose another with --port" : $"see {log}");
    }

    private void Keep(ClusterProcess process, IReadOnlyList<string> command, int port, string? group)
    {
        List<string> again = [.. command];
        if (again.IndexOf("--port") is var at and >= 0)
            again[at + 1] = $"{port}";
        lock (_file.Processes)
            _file.Processes[_file.Processes.IndexOf(process)] = process with { Command = again, Group = group };
    }

    /// <summary>Those that stand by too: one may have been started anew, since agents of a former cluster obey no smaller epoch than they know.</summary>
    private async Task AwaitMastersAsync(CancellationToken cancellation)
    {
        using var cluster = Cluster.Find(_file.Master);
        for (var waited = Stopwatch.StartNew(); (await cluster.MastersAsync()).Count < options.Masters; await Task.Delay(10, cancellation))
            if (waited.Elapsed > ReadyPatience)
                throw new Failure("not all masters are there", $"{_file.Master} has fewer than {options.Masters}", $"see {Installation.StateDirectory}/logs");
    }

    private async Task AwaitAgentsAsync(CancellationToken cancellation)
    {
        using var cluster = Cluster.Find(_file.Master);
        var waited = Stopwatch.StartNew();
        while ((await cluster.SnapshotAsync()).Agents.Count(a => a.Condition == AgentCondition.Active) < options.Agents)
        {
            if (waited.Elapsed > ReadyPatience)
                throw new Failure("not all agents registered", $"the master knows fewer than {options.Agents}", $"see {Installation.StateDirectory}/logs");
            await Task.Delay(10, cancellation);
        }
        if (await FirstTasks.RunAsync(cluster.Location, options.Agents, ReadyPatience) is { } wrong)
            throw new Failure("the agents do not run tasks", wrong, $"see {Installation.StateDirectory}/logs");
        Console.WriteLine($"{options.Agents} agents registered with {_file.Master}, and each has run a first task");
    }

    /// <summary>
    /// Ends the cluster: services first, then agents (which kill what runs), then the masters and what they elect by; and whatever
    /// is left of it.
    /// </summary>
    public static void Stop(bool quiet = false)
    {
        if (ClusterFile.Load() is not { } file)
            return;
        End(file.Processes.Where(p => p.Name == Keeper.ProcessName));
        // The keeper may have started some anew.
        file = ClusterFile.Load() ?? file;
        var agents = file.Processes.Where(p => file.Nodes.Contains(p.Name)).ToList();
        var masters = file.Processes.Where(p => p.Name.StartsWith(Master, StringComparison.Ordinal)).ToList();
        var election = file.Processes.Where(p => ElectionService.Kinds.Contains(p.Name)).ToList();
        End(file.Processes.Except(agents).Except(masters).Except(election).Reverse());
        End(agents);
        End(masters);
        End(election);
        foreach (var pid in ProcessTable.Naming(Installation.StateDirectory + "/").ToList())
            if (!IsAncestor(pid))
                Native.Kill(pid, Native.SigKill);
        NodeGroups.Find()?.Remove();
        NodeNetworks.Remove();
        ClusterSecrets.Remove();
        file.Processes.ForEach(p => p.RemoveSockets());
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
