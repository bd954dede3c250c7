using System.Collections.Concurrent;
using Agora.Daemon.Fetching;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>
/// Containers as processes of this machine, each under a supervisor of its own. Ended with the agent, they go on;
/// the next agent process finds them with <see cref="Recover"/>.
/// </summary>
/// <param name="tell">Gets the events, from any thread; must neither block nor throw.</param>
public sealed class ProcessContainers(
    ContainersOptions options, Fetcher fetcher, IIsolator isolator, Action<ContainerEvent> tell)
    : IContainers, IDisposable
{
    private readonly ConcurrentDictionary<ContainerId, Container> _containers = new();
    private readonly DescriptorWatcher _watcher = new();

    public void Launch(ContainerSpec spec)
    {
        var container = Add(spec.Id);
        _ = Task.Run(() => Live(container, container.Launch(spec, tell)));
    }

    public bool Kill(ContainerId id, TimeSpan grace)
    {
        if (!_containers.TryGetValue(id, out var container))
            return false;
        container.Kill(grace);
        return true;
    }

    public void Resize(ContainerId id, Resources resources)
    {
        if (_containers.TryGetValue(id, out var container))
            container.Resize(resources);
    }

    public ResourceUsage? Usage(ContainerId id) => _containers.ContainsKey(id) ? isolator.Usage(id) : null;

    public async Task<IReadOnlyList<RecoveredContainer>> Recover(string directory)
    {
        if (!Directory.Exists(directory))
            return [];
        var found = new List<RecoveredContainer>();
        foreach (var metaDirectory in Directory.GetDirectories(directory).Order(StringComparer.Ordinal))
            found.Add(await RecoverOne(metaDirectory));
        isolator.Sweep(found.Where(f => f.Ended is null).Select(f => f.Id).ToHashSet());
        return found;
    }

    /// <summary>Stops watching; the containers go on.</summary>
    public void Dispose()
    {
        _watcher.Dispose();
        foreach (var container in _containers.Values)
            container.Dispose();
    }

    private async Task<RecoveredContainer> RecoverOne(string metaDirectory)
    {
        var launch = TextFile.Read(Path.Combine(metaDirectory, ContainerFiles.Launch)) is { } text
            ? LaunchFile.Parse(text)
            : null;
        var id = new ContainerId(launch?.ContainerId ?? Path.GetFileName(metaDirectory));
        // First whether it runs, then the result: one that ends in between has written it by then.
        if (launch is not null && SupervisorProcess.Find(_watcher, metaDirectory) is { } supervisor)
        {
            var container = Add(id);
            _ = Live(container, container.TakeOver(supervisor, launch.Directory, metaDirectory));
            return new RecoveredContainer(id, metaDirectory, launch.Directory, Ended: null);
        }
        var measured = isolator.Usage(id);
        isolator.Cleanup(id);
        if (SupervisorProcess.ReadExit(metaDirectory) is { } exit)
            return new RecoveredContainer(id, metaDirectory, launch?.Directory, Container.Ended(id, exit, measured, limit: null));
        var pids = TextFile.Read(Path.Combine(metaDirectory, ContainerFiles.Pid)) is { } numbers
            ? PidFile.Parse(numbers)
            : null;
        var ended = await Container.Abandoned(id, pids, SupervisorProcess.ReadLog(metaDirectory));
        return new RecoveredContainer(id, metaDirectory, launch?.Directory, ended);
    }

    private Container Add(ContainerId id)
    {
        var container = new Container(id, options, fetcher, isolator, _watcher);
        return _containers.TryAdd(id, container)
            ? container
            : throw new InvalidOperationException($"container {id} is there already");
    }

    private async Task Live(Container container, Task<ContainerEvent> life)
    {
        ContainerEvent ended;
        try
        {
            ended = await life;
        }
        catch (OperationCanceledException)
        {
            return; // The watcher has stopped, and this agent process with it; the container goes on.
        }
        catch (Exception e)
        {
            container.Kill(TimeSpan.Zero);
            ended = new ContainerEvent.Lost(container.Id, $"it was killed, because watching it failed: {e.Message}");
        }
        _containers.TryRemove(container.Id, out _);
        container.Dispose();
        tell(ended);
    }
}
