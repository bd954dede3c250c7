using System.Collections.Concurrent;
using Agora.Daemon.Containers;
using Agora.Daemon.Fetching;
using Agora.Supervisor.Shared;
using Xunit;

namespace Agora.Tests.Live.Containers;

/// <summary>Containers as an agent has them, in a directory that outlives the agent until the test ends.</summary>
internal sealed class ContainerHarness : IDisposable
{
    /// <summary>Generous: the machine may be busy. Nothing waits this long unless something is wrong.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<ContainerId, TaskCompletionSource<ContainerEvent>> _ends = new();
    private readonly ConcurrentDictionary<ContainerId, TaskCompletionSource<int>> _starts = new();
    private readonly Fetcher _fetcher;
    private int _count;

    public ContainerHarness(params IIsolator[] isolators)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("agora-live-").FullName;
        _fetcher = new Fetcher(new FetcherOptions { CacheDirectory = Path.Combine(Directory, "cache") });
        Isolator = new IsolatorChain([.. isolators, new PosixIsolator(TimeProvider.System)]);
        Containers = NewAgent();
    }

    public string Directory { get; }
    public string MetaRoot => Path.Combine(Directory, "meta");
    public bool SwitchUser { get; init; }
    public bool Encloses { get; init; }
    public bool NoNewPrivileges { get; init; }
    public IIsolator Isolator { get; }
    public ProcessContainers Containers { get; private set; }

    public string Sandbox(ContainerId id) => Path.Combine(Directory, "sandbox", id.Value);
    public string Meta(ContainerId id) => Path.Combine(MetaRoot, id.Value);

    public static bool IsRoot => Environment.UserName == "root";

    private ProcessContainers NewAgent() => new(
        new ContainersOptions
        {
            SupervisorPath = ContainersOptions.FindSupervisor(),
            SwitchUser = SwitchUser,
            Encloses = Encloses,
            Visible = [Directory],
            NoNewPrivileges = NoNewPrivileges,
        }, _fetcher, Isolator, Note);

    /// <summary>As if the agent process had been replaced by a new one.</summary>
    public void RestartAgent()
    {
        StopAgent();
        Containers = NewAgent();
    }

    public void StopAgent() => Containers.Dispose();

    public ContainerSpec Spec(CommandSpec command, LogLimits? logs = null, IReadOnlyDictionary<string, string>? environment = null,
        Resources? resources = null)
    {
        var id = new ContainerId($"c-{Interlocked.Increment(ref _count)}");
        _ends[id] = new TaskCompletionSource<ContainerEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts[id] = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new ContainerSpec(id, command, environment ?? new Dictionary<string, string>(), resources ?? Resources.Of(1, 64),
            Sandbox(id), Meta(id), logs);
    }

    public ContainerId Launch(CommandSpec command, LogLimits? logs = null, IReadOnlyDictionary<string, string>? environment = null,
        Resources? resources = null)
    {
        var spec = Spec(command, logs, environment, resources);
        Containers.Launch(spec);
        return spec.Id;
    }

    public ContainerId Shell(string line, Resources? resources = null) => Launch(CommandSpec.Shell(line), resources: resources);

    public ContainerId Run(params string[] arguments) => Launch(new CommandSpec(arguments));

    /// <summary>The pid, once the container runs.</summary>
    public Task<int> Started(ContainerId id) =>
        _starts[id].Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public Task<ContainerEvent> Ended(ContainerId id) =>
        _ends[id].Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public async Task<ContainerEvent.Exited> Exited(ContainerId id) =>
        Assert.IsType<ContainerEvent.Exited>(await Ended(id));

    public async Task<ContainerEvent.Failed> Failed(ContainerId id) =>
        Assert.IsType<ContainerEvent.Failed>(await Ended(id));

    public string Output(ContainerId id, string name = "stdout") => File.ReadAllText(Path.Combine(Sandbox(id), name));

    /// <summary>Waits for the container's own word that it has come so far.</summary>
    public Task Says(ContainerId id, string word) => Until(
        () => File.Exists(Path.Combine(Sandbox(id), "stdout")) && Output(id).Contains(word, StringComparison.Ordinal),
        () => $"{id} to say '{word}'; it said: {Output(id)} {Output(id, "stderr")}");

    public static async Task Until(Func<bool> condition, Func<string> what)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            if (DateTime.UtcNow > deadline)
                Assert.Fail($"waited {Patience.TotalSeconds} s for {what()}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Pids the container wrote into the file <c>pids</c> of its sandbox that are still there.</summary>
    public IReadOnlyList<int> Alive(ContainerId id) => [.. File.ReadAllLines(Path.Combine(Sandbox(id), "pids"))
        .Select(l => int.Parse(l)).Where(p => ProcStat.Read(p) is { IsZombie: false })];

    public PidFile Pids(ContainerId id) => PidFile.Parse(File.ReadAllText(Path.Combine(Meta(id), ContainerFiles.Pid)))!;

    public void Dispose()
    {
        Containers.Dispose();
        _fetcher.Dispose();
        foreach (var meta in System.IO.Directory.Exists(MetaRoot) ? System.IO.Directory.GetDirectories(MetaRoot) : [])
            CleanUp(meta);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>What a failed test left running, and supervisors that no agent waited for.</summary>
    private static void CleanUp(string meta)
    {
        if (TextFile.Read(Path.Combine(meta, ContainerFiles.Pid)) is not { } text ||
            PidFile.Parse(text) is not { } pids)
            return;
        if (pids.Main.IsAlive)
            _ = Libc.kill(-pids.Main.Pid, Libc.SIGKILL);
        SupervisorProcess.Reap(pids.Supervisor.Pid);
    }

    private void Note(ContainerEvent e)
    {
        if (e is ContainerEvent.Started started)
            _starts[e.Id].TrySetResult(started.Pid);
        else
            Assert.True(_ends[e.Id].TrySetResult(e), $"{e.Id} ended twice");
    }
}

/// <summary>Tests that count processes and descriptors, or load the machine, run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    public const string Name = "processes";
}
