using System.Security.Cryptography;
using Agora.Cluster;
using Agora.Daemon.Containers;
using Agora.Daemon.Sandboxes;
using Agora.Election;
using Agora.Protocol;
using Agora.Security;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

using ExecutorStreams = StreamServer<
    ExecutorEvent, V1.ExecutorEvent, V1.ExecutorEvents, ExecutorCall, V1.ExecutorCall, V1.ExecutorCalls>;

/// <summary>
/// Lets an <see cref="Agent"/> live: feeds it from the master's stream, executors' streams and containers, and carries
/// out what it answers. No decisions here.
/// </summary>
public sealed class AgentHost
{
    private static readonly AgentEvent Tick = new AgentEvent.Tick();

    private readonly Agent _agent;
    private readonly AgentPaths _paths;
    private readonly IContainers _containers;
    private readonly Pump<AgentEvent> _pump;
    private readonly MasterLink _master;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<string?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Containers that have not ended, each with its sandbox where that is known.</summary>
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ContainerId, string?> _live = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ContainerId, TaskCompletionSource> _former = new();
    private readonly RecordFile? _records;
    private readonly WatchedFile<IReadOnlyList<Credential>>? _credential;
    private AgentId? _savedId;
    private CancellationToken _stopping;

    /// <param name="containers">Makes the containers, given where their events go.</param>
    /// <param name="access">How the master is shown who this is.</param>
    /// <param name="credential">With which processes of frameworks show that they may read their files; null where nobody is asked.</param>
    /// <param name="records">Of what must outlive the process; null ends what a former process left running.</param>
    public AgentHost(AgentInfo info, AgentOptions options, AgentPaths paths, ILeaderFinder master,
        Func<Action<ContainerEvent>, IContainers> containers, TimeProvider time, ILogger<AgentHost> logger,
        RecordFile? records = null, LinkSecurity? access = null, WatchedFile<IReadOnlyList<Credential>>? credential = null)
    {
        _credential = credential;
        _paths = paths;
        _logger = logger;
        _records = records;
        var clock = new SteadyClock(time);
        _agent = new Agent(info, options, () => Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), clock.GetUtcNow(), records?.Former);
        records?.Replace(_agent.Records);
        _pump = new Pump<AgentEvent>(clock, Handle, () => _agent.NextDeadline);
        _containers = containers(ContainerTold);
        _master = new MasterLink(master, access ?? LinkSecurity.None, _pump.PostAsync, logger);
        Executors = new ExecutorStreams(e => e.ToWire(), c => c.ToDomain(),
            number => _pump.Post(new AgentEvent.ExecutorDisconnected(number)), logger);
    }

    private ExecutorStreams Executors { get; }

    internal Task ServeExecutorAsync(IAsyncStreamReader<V1.ExecutorCalls> incoming, IServerStreamWriter<V1.ExecutorEvents> outgoing, ServerCallContext context) =>
        Executors.ServeAsync(incoming, outgoing, context, (number, call) => _pump.PostAsync(new AgentEvent.ExecutorCalled(number, call)));

    /// <summary>Done when the agent has ended; null if in good order, else why.</summary>
    public Task<string?> Ended => _ended.Task;

    /// <summary>Done when all containers that there are, a former process's too, are known to be live.</summary>
    public Task Ready => _ready.Task;

    public async Task RunAsync(CancellationToken cancellation)
    {
        _stopping = cancellation;
        if (_records is null)
            await EndFormerAsync(cancellation);
        else
            await TakeUpFormerAsync();
        _ready.TrySetResult();
        await _pump.RunAsync(cancellation);
    }

    /// <summary>
    /// Kills what a former process of this agent left running, before the master is told that it is gone and before its
    /// containers' names are used again.
    /// </summary>
    private async Task EndFormerAsync(CancellationToken cancellation)
    {
        foreach (var former in await _containers.Recover(_paths.Containers))
        {
            _logger.LogInformation("container {Container} of a former agent process is ended", former.Id);
            if (former.Ended is null)
            {
                _containers.Kill(former.Id, TimeSpan.Zero);
                await EndOf(former.Id).Task.WaitAsync(cancellation);
            }
            if (former.SandboxDirectory is { } sandbox)
                SandboxCollector.MarkEnded(sandbox);
            if (Directory.Exists(former.MetaDirectory))
                Directory.Delete(former.MetaDirectory, recursive: true);
        }
        _former.Clear();
    }

    /// <summary>What a former process left runs on; what has ended meanwhile is told as if it ended now.</summary>
    private async Task TakeUpFormerAsync()
    {
        var found = await _containers.Recover(_paths.Containers);
        var (lost, kept) = (found.Where(f => f.Ended is ContainerEvent.Lost).ToList(), found.Where(f => f.Ended is not ContainerEvent.Lost).ToList());
        foreach (var former in kept)
            _live[former.Id] = former.SandboxDirectory;
        if (found.Count > 0)
            _logger.LogInformation("{Count} containers of a former agent process are taken up", found.Count);
        _pump.Post(new AgentEvent.ContainersFound([.. kept.Select(f => f.Id)], [.. lost.Select(f => f.Id)]));
        foreach (var former in kept)
            if (former.Ended is { } ended)
                ContainerTold(ended);
    }

    private TaskCompletionSource EndOf(ContainerId container) => _former.GetOrAdd(container,
        _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Kills what runs and takes leave of the master.</summary>
    public async Task ShutDownAsync(TimeSpan patience)
    {
        _pump.Post(new AgentEvent.ShutdownRequested());
        await Task.WhenAny(_ended.Task, Task.Delay(patience, CancellationToken.None));
        await _master.DrainAsync(TimeSpan.FromSeconds(1));
    }

    /// <summary>True while the container whose sandbox a virtual path leads into has not ended.</summary>
    public bool IsLive(string path) => _paths.ContainerOf(path) is { } container && IsLive(container);

    /// <summary>True while the container has not ended.</summary>
    public bool IsLive(ContainerId container) => _live.ContainsKey(container);

    private void Handle(DateTimeOffset now, AgentEvent? e)
    {
        foreach (var effect in _agent.Handle(now, e ?? Tick))
        {
            switch (effect)
            {
                case AgentEffect.Write(var records): _records?.Append(records, _agent); break;
                case AgentEffect.ForgetContainer(var container): Forget(container); break;
                case AgentEffect.ConnectToMaster(var connection): _master.Connect(connection, _stopping); break;
                case AgentEffect.DisconnectFromMaster(var connection): _master.Disconnect(connection); break;
                case AgentEffect.ToMaster(var connection, var call): _master.Send(connection, call); break;
                case AgentEffect.ToExecutor(var connection, var sent): Executors.Send(connection, sent); break;
                case AgentEffect.CloseExecutor(var connection): Executors.Close(connection); break;
                case AgentEffect.LaunchContainer launch: Launch(launch); break;
                case AgentEffect.ResizeContainer(var container, var resources): _containers.Resize(container, resources); break;
                case AgentEffect.KillContainer(var container, var grace): _containers.Kill(container, grace); break;
                case AgentEffect.Exit(var failure): _ended.TrySetResult(failure); break;
            }
        }
        if (_agent.Info.Id is { } id && id != _savedId)
            _paths.SaveId((_savedId = id).Value);
    }

    private void Launch(AgentEffect.LaunchContainer launch)
    {
        var sandbox = _paths.Sandbox(launch);
        _live[launch.Container] = sandbox;
        try
        {
            var command = launch.Command with { User = launch.Command.User ?? (launch.Framework.User is { Length: > 0 } user ? user : null) };
            _containers.Launch(new ContainerSpec(launch.Container, command, AgoraEnvironment(launch),
                launch.Resources, sandbox, _paths.Meta(launch.Container)));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            _logger.LogError("container {Container} could not be launched: {Error}", launch.Container, e.Message);
            _pump.Post(new AgentEvent.ContainerFailed(launch.Container, StatusReason.ContainerLaunchFailed, e.Message));
        }
    }

    private Dictionary<string, string> AgoraEnvironment(AgentEffect.LaunchContainer launch)
    {
        var environment = new Dictionary<string, string>
        {
            [ExecutorEnvironment.FrameworkId] = launch.Framework.Id!.Value.Value,
            [ExecutorEnvironment.Sandbox] = _paths.Sandbox(launch),
            [ExecutorEnvironment.AgentId] = _agent.Info.Id!.Value.Value,
            [ExecutorEnvironment.Hostname] = _agent.Info.Hostname,
            [ExecutorEnvironment.AgentAddress] = $"{_agent.Info.Address}:{_agent.Info.FilePort}",
            [ExecutorEnvironment.SharedOutput] = _paths.SharedOutput,
        };
        if (_credential?.Current is [var own, ..])
            environment[ExecutorEnvironment.FilesToken] = FileToken.Create(own, launch.Framework.Id!.Value.Value, FileToken.Everywhere, until: null);
        if (launch.Executor is { } executor)
        {
            environment[ExecutorEnvironment.ExecutorId] = executor.Id.Value;
            environment[ExecutorEnvironment.Socket] = _paths.Socket;
            environment[ExecutorEnvironment.Token] = launch.Token;
        }
        return environment;
    }

    private void ContainerTold(ContainerEvent told)
    {
        if (_records is null && !_live.ContainsKey(told.Id) && told is ContainerEvent.Exited or ContainerEvent.Lost)
        {
            EndOf(told.Id).TrySetResult();
            return;
        }
        switch (told)
        {
            case ContainerEvent.Started(var id, _): _pump.Post(new AgentEvent.ContainerStarted(id)); break;
            case ContainerEvent.Failed(var id, var reason, var message):
                _pump.Post(new AgentEvent.ContainerFailed(id, reason, message));
                break;
            case ContainerEvent.Exited exited:
                _pump.Post(new AgentEvent.ContainerExited(exited.Id, new ContainerResult(exited.ExitCode,
                    exited.Limit?.Reason ?? StatusReason.None, exited.Limit?.Message ?? exited.Message, exited.Usage)));
                break;
            case ContainerEvent.Lost(var id, var message):
                _pump.Post(new AgentEvent.ContainerExited(id, new ContainerResult(128 + 9, StatusReason.None, message)));
                break;
        }
    }

    private void Forget(ContainerId container)
    {
        if (_live.TryRemove(container, out var sandbox) && sandbox is not null)
            SandboxCollector.MarkEnded(sandbox);
        try
        {
            Directory.Delete(_paths.Meta(container), recursive: true);
        }
        catch (IOException e)
        {
            _logger.LogWarning("the meta directory of {Container} could not be deleted: {Error}", container, e.Message);
        }
    }
}

internal sealed class ExecutorService(AgentHost host) : V1.ExecutorService.ExecutorServiceBase
{
    public override Task Connect(IAsyncStreamReader<V1.ExecutorCalls> requestStream,
        IServerStreamWriter<V1.ExecutorEvents> responseStream, ServerCallContext context) =>
        host.ServeExecutorAsync(requestStream, responseStream, context);
}
