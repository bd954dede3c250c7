using System.Collections.Concurrent;
using System.Diagnostics;

namespace Agora.Daemon.Containers.Watching;

/// <summary>
/// Holds containers to a limit by looking now and then: who is found beyond it is killed as a whole and told why. A limit is
/// raised but never lowered, as what is in use cannot be taken back.
/// </summary>
public abstract class WatchingIsolator : IIsolator, IDisposable
{
    private sealed class Watch
    {
        public long Limit;
        public ContainerProcesses? Processes;
        public Action<LimitReached>? Reached;
    }

    private readonly ConcurrentDictionary<ContainerId, Watch> _watches = new();
    private readonly ITimer _timer;
    private readonly TimeSpan _pauseMin;

    /// <summary>What is spent on looking, as a part of the time in between: 1/20 of a processor at most.</summary>
    private const int Restraint = 20;

    /// <param name="pauseMin">Between two rounds, at the least.</param>
    protected WatchingIsolator(TimeProvider time, TimeSpan pauseMin)
    {
        _pauseMin = pauseMin;
        _timer = time.CreateTimer(_ => LookAtAll(), null, pauseMin, Timeout.InfiniteTimeSpan);
    }

    public IReadOnlyList<Birthplace> Prepare(ContainerSpec spec)
    {
        Resize(spec.Id, spec.Resources);
        return [];
    }

    public void Started(ContainerProcesses processes, Action<LimitReached> limitReached)
    {
        var watch = _watches.GetOrAdd(processes.Id, _ => new Watch());
        watch.Reached = limitReached;
        watch.Processes = processes;
    }

    public void Resize(ContainerId id, Resources resources)
    {
        var watch = _watches.GetOrAdd(id, _ => new Watch());
        watch.Limit = Math.Max(watch.Limit, LimitOf(resources));
    }

    public ResourceUsage? Usage(ContainerId id) => null;

    public void Cleanup(ContainerId id) => _watches.TryRemove(id, out _);

    public void Dispose()
    {
        _timer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <returns>0 for no limit.</returns>
    private protected abstract long LimitOf(Resources resources);

    /// <returns>Null while it is within its limit.</returns>
    private protected abstract LimitReached? Look(ContainerProcesses processes, long limit);

    private void LookAtAll()
    {
        var clock = Stopwatch.StartNew();
        foreach (var (id, watch) in _watches)
        {
            if (watch is not { Limit: > 0, Processes: { } processes } || Look(processes, watch.Limit) is not { } reached)
                continue;
            if (_watches.TryRemove(id, out _))
                watch.Reached!(reached);
        }
        var pause = clock.Elapsed * Restraint;
        try
        {
            _timer.Change(pause > _pauseMin ? pause : _pauseMin, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // It is over.
        }
    }
}
