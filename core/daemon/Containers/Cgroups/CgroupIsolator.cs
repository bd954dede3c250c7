using System.Collections.Concurrent;
using System.Diagnostics;

namespace Agora.Daemon.Containers.Cgroups;

/// <summary>Settings of a <see cref="CgroupIsolator"/>.</summary>
/// <param name="Root">Name of the group, below the agent's own, that holds those of its containers.</param>
/// <param name="IsCpuHard">Containers get no more than the processors they asked for, also while others are idle.</param>
/// <param name="ProcessesMax">Processes and threads of a container at once; 0 for no limit.</param>
/// <param name="GivesProcessors">Containers that ask for whole processors have them for themselves.</param>
public sealed record CgroupOptions(string Root, bool IsCpuHard = false, int ProcessesMax = 0, bool GivesProcessors = false);

/// <summary>
/// Holds each container to what it asked for, by control groups: a share of the processors by weight (or, on demand, no more
/// than that), memory, and a number of processes. Who goes beyond its memory is killed as a whole and told why.
/// </summary>
public sealed class CgroupIsolator : IIsolator, IDisposable
{
    /// <summary>How soon it is seen that the kernel killed something in a container that goes on.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan EmptyPatience = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(2);

    private readonly ICgroups _groups;
    private readonly CgroupOptions _options;
    private readonly ConcurrentDictionary<ContainerId, Action<LimitReached>> _watched = new();
    private readonly ITimer _timer;

    /// <summary>A container may be resized while it is still being prepared.</summary>
    private readonly Lock _door = new();
    private readonly Dictionary<ContainerId, Resources> _sizes = [];
    private readonly HashSet<ContainerId> _made = [];

    /// <summary>Null if all may run everywhere.</summary>
    private readonly ProcessorSets? _processors;

    internal CgroupIsolator(ICgroups groups, CgroupOptions options, TimeProvider time)
    {
        (_groups, _options) = (groups, options);
        _processors = options.GivesProcessors ? new ProcessorSets(ProcessorSets.Parse(groups.Processors)) : null;
        _timer = time.CreateTimer(_ => LookAtAll(), null, LookEvery, LookEvery);
    }

    /// <exception cref="IsolationException">They cannot be used; the message says why and what to do.</exception>
    public static CgroupIsolator Create(CgroupMounts? mounts, CgroupOptions options, TimeProvider time)
    {
        if (mounts is null)
            throw new IsolationException("no control groups for processors and memory are mounted");
        if (options.GivesProcessors && !mounts.Own.ContainsKey(CgroupMounts.Sets))
            throw new IsolationException("no control groups for sets of processors are mounted");
        ICgroups groups = mounts.Version == 1 ? new CgroupsV1(mounts.Own, options.Root, options.GivesProcessors) : new CgroupsV2(mounts.Own["memory"], options.Root, options.GivesProcessors);
        const string probe = "probe";
        try
        {
            groups.Make(probe);
            groups.Limit(probe, new CgroupLimits(1_000, 0, 0, options.IsCpuHard));
            groups.Remove(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IsolationException($"control groups cannot be made: {e.Message}", e);
        }
        return new CgroupIsolator(groups, options, time);
    }

    public IReadOnlyList<Birthplace> Prepare(ContainerSpec spec)
    {
        try
        {
            lock (_door)
            {
                var places = _groups.Make(spec.Id.Value);
                var size = _sizes.GetValueOrDefault(spec.Id) ?? spec.Resources;
                _groups.Limit(spec.Id.Value, Limits(size));
                _made.Add(spec.Id);
                Confine(_processors?.Give(spec.Id, size.MilliCpus));
                return places;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IsolationException($"its control groups cannot be made: {e.Message}", e);
        }
    }

    public void Started(ContainerProcesses processes, Action<LimitReached> limitReached)
    {
        lock (_door)
        {
            // One of a former agent process may be told its size before it is known to run.
            if (_made.Add(processes.Id) && _sizes.TryGetValue(processes.Id, out var size))
                Confine(_processors?.Give(processes.Id, size.MilliCpus));
        }
        _watched[processes.Id] = limitReached;
    }

    public void Resize(ContainerId id, Resources resources)
    {
        lock (_door)
        {
            _sizes[id] = resources;
            if (!_made.Contains(id))
                return;
            _groups.Limit(id.Value, Limits(resources));
            Confine(_processors?.Give(id, resources.MilliCpus));
        }
    }

    public ResourceUsage? Usage(ContainerId id)
    {
        Look(id);
        return _groups.Usage(id.Value);
    }

    public void Cleanup(ContainerId id)
    {
        Look(id);
        _watched.TryRemove(id, out _);
        lock (_door)
        {
            _sizes.Remove(id);
            _made.Remove(id);
            Confine(_processors?.Take(id));
        }
        // The last process is gone for who waited for it a moment before it has left its group.
        for (var waited = Stopwatch.StartNew(); !_groups.Remove(id.Value); Thread.Sleep(Pause))
            if (waited.Elapsed > EmptyPatience)
                throw new IsolationException($"control group {id} is not empty");
    }

    public void Sweep(IReadOnlySet<ContainerId> living)
    {
        foreach (var name in _groups.Existing)
            if (!living.Contains(new ContainerId(name)))
                _groups.Remove(name);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _groups.RemoveAll();
    }

    private void Confine(IReadOnlyList<(ContainerId Container, string Processors)>? changes)
    {
        foreach (var (container, processors) in changes ?? [])
        {
            try
            {
                _groups.Confine(container.Value, processors);
            }
            catch (DirectoryNotFoundException)
            {
                // It ends just now.
            }
        }
    }

    private CgroupLimits Limits(Resources resources) =>
        new(resources.MilliCpus, resources.MemBytes, _options.ProcessesMax, _options.IsCpuHard);

    private void LookAtAll()
    {
        foreach (var id in _watched.Keys)
            Look(id);
    }

    private void Look(ContainerId id)
    {
        if (_groups.OomKills(id.Value) == 0 || !_watched.TryRemove(id, out var limitReached))
            return;
        const long mib = 1 << 20;
        limitReached(new LimitReached(StatusReason.MemoryLimit,
            $"used more than its {_groups.MemoryLimit(id.Value) / mib} MiB of memory, and was killed; ask for more"));
    }
}
