namespace Agora.Hadoop.Jobs;

/// <summary>
/// A job's maps that wait for a launch, found by host, by rack or at all; those that failed before come first, then
/// lower numbers.
/// </summary>
internal sealed class PendingMaps
{
    private readonly SortedSet<(int Precedence, int Index)> _all = [];
    private readonly SortedDictionary<string, SortedSet<(int, int)>> _byHost = new(StringComparer.Ordinal);
    private readonly SortedSet<(int, int)> _withoutHosts = [];
    private readonly Dictionary<int, JobTask> _tasks = [];

    public int Count => _all.Count;

    /// <summary>Some may run anywhere at once: their data has no place, or they have failed before.</summary>
    public bool HasUntied => _withoutHosts.Count > 0 || (_all.Count > 0 && _all.Min.Precedence < 0);

    public void Add(JobTask map)
    {
        var key = Key(map);
        _tasks[map.Id.Index] = map;
        _all.Add(key);
        if (map.Split!.Hosts.Count == 0)
            _withoutHosts.Add(key);
        foreach (var host in map.Split.Hosts)
        {
            if (!_byHost.TryGetValue(host, out var there))
                _byHost[host] = there = [];
            there.Add(key);
        }
    }

    public void Remove(JobTask map)
    {
        var key = Key(map);
        _tasks.Remove(map.Id.Index);
        _all.Remove(key);
        _withoutHosts.Remove(key);
        foreach (var host in map.Split!.Hosts)
            if (_byHost.TryGetValue(host, out var there) && there.Remove(key) && there.Count == 0)
                _byHost.Remove(host);
    }

    public JobTask? OnHost(string host, Func<JobTask, bool> may) =>
        _byHost.TryGetValue(host, out var there) ? First(there, may) : null;

    /// <summary>A map whose data has no place, so that no host is nearer than another.</summary>
    public JobTask? WithoutHosts(Func<JobTask, bool> may) => First(_withoutHosts, may);

    public JobTask? OnRack(string rack, Func<string, string?> rackOf, Func<JobTask, bool> may)
    {
        foreach (var (host, there) in _byHost)
            if (rackOf(host) == rack && First(there, may) is { } map)
                return map;
        return null;
    }

    /// <summary>A map that has failed on every host that holds its data, so that there is nothing to wait for.</summary>
    public JobTask? FailedAtHome(Func<JobTask, bool> may)
    {
        foreach (var (precedence, index) in _all)
        {
            if (precedence == 0)
                return null;
            var map = _tasks[index];
            if (map.Split!.Hosts.All(map.FailedHosts.Contains) && may(map))
                return map;
        }
        return null;
    }

    public JobTask? Anywhere(Func<JobTask, bool> may) => First(_all, may);

    /// <summary>Hosts that hold data of pending maps, the one with most of them first.</summary>
    public IEnumerable<string> Hosts =>
        _byHost.OrderByDescending(h => h.Value.Count).ThenBy(h => h.Key, StringComparer.Ordinal).Select(h => h.Key);

    /// <remarks>A task's failures change only while it is not pending, so its key is the same on Add and Remove.</remarks>
    private static (int, int) Key(JobTask map) => (-map.Failures, map.Id.Index);

    private JobTask? First(SortedSet<(int, int Index)> keys, Func<JobTask, bool> may)
    {
        foreach (var (_, index) in keys)
            if (may(_tasks[index]))
                return _tasks[index];
        return null;
    }
}
