namespace Agora.Spark.Scheduling;

/// <summary>
/// A stage's tasks that wait for a launch, found by the agent that keeps a block of theirs, by host, or at all; those that
/// came back are first, then lower numbers. Adding, taking and moving one costs as many steps as it has places.
/// </summary>
internal sealed class PendingTasks(int taskCount)
{
    private static readonly Func<Search, int, int, bool> IsInAll = (s, p, stamp) =>
        s.Tasks._entries[p] is { IsPending: true } entry && entry.Added == stamp;

    private static readonly Func<Search, int, int, bool> IsInPlace = (s, p, stamp) =>
        s.Tasks._entries[p] is { IsPending: true } entry && entry.Placed == stamp;

    private static readonly Func<Search, int, bool> May = (s, p) => !s.Tasks.Avoids(p, s.Host, s.Now);

    /// <summary>None before the first task waits: most stages that are known do not run.</summary>
    private Entry[] _entries = [];
    private readonly Lane _all = new(), _untied = new();
    private readonly Dictionary<AgentId, Lane> _byAgent = [];
    private readonly Dictionary<string, Lane> _byHost = new(StringComparer.Ordinal);

    /// <summary>Which tasks want a block, whether they wait or not.</summary>
    private readonly Dictionary<BlockId, List<int>> _byBlock = [];
    private Dictionary<int, (string Host, DateTimeOffset Until)>? _avoided;

    private readonly record struct Search(PendingTasks Tasks, string Host, DateTimeOffset Now);

    private struct Entry
    {
        public bool IsPending;

        /// <summary>Counts its entries into the lane of all.</summary>
        public int Added;

        /// <summary>Counts its entries into lanes of places.</summary>
        public int Placed;
        public IReadOnlyList<AgentId> Agents;
        public IReadOnlyList<string> Hosts;
    }

    public int Count => _all.Count;

    /// <summary>Some are best run by the executor that keeps a block of theirs.</summary>
    public bool HasProcesses => _byAgent.Count > 0;

    /// <summary>Some have a place that is better than others.</summary>
    public bool HasTied => _all.Count > _untied.Count;

    /// <summary>Agents that keep blocks of waiting tasks.</summary>
    public IEnumerable<AgentId> Agents => _byAgent.Keys;

    /// <summary>Hosts that are good for waiting tasks.</summary>
    public IReadOnlyCollection<string> Hosts => _byHost.Keys;

    public bool Contains(int partition) => _entries.Length > 0 && _entries[partition].IsPending;

    /// <summary>Remembers which blocks a task wants; once for each task.</summary>
    public void Watch(int partition, IReadOnlyList<BlockId> blocks)
    {
        foreach (var block in blocks)
        {
            if (!_byBlock.TryGetValue(block, out var tasks))
                _byBlock[block] = tasks = [];
            tasks.Add(partition);
        }
    }

    public IReadOnlyList<int> WatchersOf(BlockId block) => _byBlock.TryGetValue(block, out var tasks) ? tasks : [];

    /// <param name="agents">Whose executors keep a block of its.</param>
    /// <param name="hosts">Of those executors, and with its input.</param>
    public void Add(int partition, IReadOnlyList<AgentId> agents, IReadOnlyList<string> hosts)
    {
        if (_entries.Length == 0)
            _entries = new Entry[taskCount];
        ref var entry = ref _entries[partition];
        entry.IsPending = true;
        _all.Push(partition, ++entry.Added);
        Place(ref entry, partition, agents, hosts);
    }

    /// <summary>Its places have changed while it waits.</summary>
    public void Move(int partition, IReadOnlyList<AgentId> agents, IReadOnlyList<string> hosts)
    {
        ref var entry = ref _entries[partition];
        Leave(ref entry);
        Place(ref entry, partition, agents, hosts);
    }

    public void Remove(int partition)
    {
        if (!Contains(partition))
            return;
        ref var entry = ref _entries[partition];
        entry.IsPending = false;
        _all.Count--;
        Leave(ref entry);
        _avoided?.Remove(partition);
    }

    /// <summary>The task has failed on the host and is tried elsewhere, for a time.</summary>
    public void Avoid(int partition, string host, DateTimeOffset until) => (_avoided ??= [])[partition] = (host, until);

    /// <summary>When the last task that keeps away from the host may go there again; null if none does.</summary>
    public DateTimeOffset? AvoidedUntil(string host, DateTimeOffset now)
    {
        DateTimeOffset? last = null;
        foreach (var (_, (avoided, until)) in _avoided ?? [])
            if (avoided == host && until > now && !(until < last))
                last = until;
        return last;
    }

    public int? OnAgent(AgentId agent, string host, DateTimeOffset now) =>
        _byAgent.TryGetValue(agent, out var lane) ? lane.First(new Search(this, host, now), IsInPlace, May) : null;

    public int? OnHost(string place, string host, DateTimeOffset now) =>
        _byHost.TryGetValue(place, out var lane) ? lane.First(new Search(this, host, now), IsInPlace, May) : null;

    /// <summary>One that no place is better for than another.</summary>
    public int? Untied(string host, DateTimeOffset now) => _untied.First(new Search(this, host, now), IsInPlace, May);

    public int? Anywhere(string host, DateTimeOffset now) => _all.First(new Search(this, host, now), IsInAll, May);

    private bool Avoids(int partition, string host, DateTimeOffset now) =>
        _avoided is not null && _avoided.TryGetValue(partition, out var avoided) && avoided.Host == host && now < avoided.Until;

    private void Place(ref Entry entry, int partition, IReadOnlyList<AgentId> agents, IReadOnlyList<string> hosts)
    {
        (entry.Agents, entry.Hosts) = (agents, hosts);
        entry.Placed++;
        if (agents.Count == 0 && hosts.Count == 0)
            _untied.Push(partition, entry.Placed);
        for (var i = 0; i < agents.Count; i++)
            LaneOf(_byAgent, agents[i]).Push(partition, entry.Placed);
        for (var i = 0; i < hosts.Count; i++)
            LaneOf(_byHost, hosts[i]).Push(partition, entry.Placed);
    }

    private void Leave(ref Entry entry)
    {
        if (entry.Agents.Count == 0 && entry.Hosts.Count == 0)
            _untied.Count--;
        for (var i = 0; i < entry.Agents.Count; i++)
            Leave(_byAgent, entry.Agents[i]);
        for (var i = 0; i < entry.Hosts.Count; i++)
            Leave(_byHost, entry.Hosts[i]);
    }

    private static Lane LaneOf<TPlace>(Dictionary<TPlace, Lane> lanes, TPlace place) where TPlace : notnull
    {
        if (!lanes.TryGetValue(place, out var lane))
            lanes[place] = lane = new Lane();
        return lane;
    }

    private static void Leave<TPlace>(Dictionary<TPlace, Lane> lanes, TPlace place) where TPlace : notnull
    {
        var lane = lanes[place];
        if (--lane.Count == 0)
            lanes.Remove(place);
    }
}
