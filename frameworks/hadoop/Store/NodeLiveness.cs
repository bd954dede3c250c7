namespace Agora.Hadoop.Store;

/// <summary>
/// Which nodes count as living: those whose agent has been missing from the master's answers for no longer than
/// <paramref name="deadAfter"/>. Time in which the master says nothing counts for nobody. Pure; one thread writes, any
/// reads <see cref="Living"/>.
/// </summary>
/// <param name="answerGapMax">The longest time one answer that lacks a node can count against it.</param>
internal sealed class NodeLiveness(IReadOnlyList<string> nodes, TimeSpan deadAfter, TimeSpan answerGapMax)
{
    private readonly Dictionary<string, TimeSpan> _missing = nodes.ToDictionary(n => n, _ => TimeSpan.Zero);
    private readonly Dictionary<string, DateTimeOffset> _lastSeen = [];
    private DateTimeOffset? _lastAnswer;
    private volatile IReadOnlySet<string> _living = nodes.ToHashSet(StringComparer.Ordinal);

    public IReadOnlySet<string> Living => _living;

    /// <summary>When the node's agent was last there; null if it has not been since the store started.</summary>
    public DateTimeOffset? LastSeen(string node)
    {
        lock (_lastSeen)
            return _lastSeen.TryGetValue(node, out var time) ? time : null;
    }

    /// <summary>Takes in an answer of the master.</summary>
    /// <param name="agents">Hostnames of the agents that are there.</param>
    /// <returns>True if other nodes than before count as living.</returns>
    public bool Hear(IReadOnlySet<string> agents, DateTimeOffset now)
    {
        var gap = _lastAnswer is { } last && now - last < answerGapMax ? now - last : answerGapMax;
        if (_lastAnswer is null)
            gap = TimeSpan.Zero;
        _lastAnswer = now;
        foreach (var node in nodes)
        {
            if (!agents.Contains(node))
            {
                _missing[node] += gap;
                continue;
            }
            _missing[node] = TimeSpan.Zero;
            lock (_lastSeen)
                _lastSeen[node] = now;
        }
        var living = nodes.Where(n => _missing[n] <= deadAfter).ToHashSet(StringComparer.Ordinal);
        if (living.SetEquals(_living))
            return false;
        _living = living;
        return true;
    }
}
