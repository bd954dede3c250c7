namespace Agora.Hadoop.Jobs;

/// <summary>How near a map runs to its data.</summary>
public enum Locality
{
    Node,
    Rack,
    Any,
}

/// <summary>
/// Delay scheduling of one job: it takes only node-local offers until it has rejected others for
/// <paramref name="node"/>, then also rack-local ones for <paramref name="rack"/> more, then any. Time runs from the
/// first offer it had to reject, not while it is offered nothing; a local launch starts it anew.
/// </summary>
public sealed class LocalityWait(TimeSpan node, TimeSpan rack)
{
    private DateTimeOffset? _since;

    public Locality Allowed(DateTimeOffset now)
    {
        var waited = Waited(now);
        return waited < node ? Locality.Node : waited < node + rack ? Locality.Rack : Locality.Any;
    }

    public TimeSpan Waited(DateTimeOffset now) => _since is { } since ? now - since : TimeSpan.Zero;

    /// <summary>When the next farther level opens if every offer until then has to be rejected.</summary>
    public DateTimeOffset NextLevelAt(DateTimeOffset now) => (_since ?? now) + Limit(now);

    /// <summary>How long the job waits in all for the level it takes now.</summary>
    public TimeSpan Limit(DateTimeOffset now) => Allowed(now) == Locality.Node ? node : node + rack;

    public void Rejected(DateTimeOffset now) => _since ??= now;

    public void Launched(DateTimeOffset now, Locality locality)
    {
        if (locality == Locality.Node)
            _since = null;
        else if (locality == Locality.Rack)
            _since = now - node;
    }
}
