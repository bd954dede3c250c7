namespace Agora.Sdk;

/// <summary>How near a task runs to its data; a later one includes the earlier.</summary>
public enum Locality
{
    Node,
    Rack,
    Any,
}

/// <summary>
/// Delay scheduling for one job: let slots far from the data go by for a little while, since a near one is likely to
/// come. After Zaharia et al., "Delay Scheduling" (EuroSys 2010), in its form with waits: a job starts at node level;
/// once it has waited <paramref name="nodeWait"/> it may launch in the rack, after <paramref name="rackWait"/> more
/// anywhere, and it stays at the level it launched at until a nearer launch takes it back there and its wait begins
/// anew. A job without any near slot thus waits once, not for each task.
/// <para>Two rules beside the paper's. <b>Only time on offer counts:</b> the wait grows while a slot is turned down
/// that the job could have used, not while there is none. <b>No slot stands idle for longer than the waits:</b> a host
/// that the job turns down, is offered again as soon as its refusal ends, turns down again and so on has a wait of its
/// own, which launches elsewhere do not touch, and opens by it. For a slot that others take this wait never runs up,
/// since it does not come back that soon. Without this rule, each local launch on a few near hosts would keep all
/// other hosts of an idle cluster shut for ever (SPARK-18886).</para>
/// <para>Not thread-safe; holds no clock.</para>
/// </summary>
public sealed class DelayScheduling(TimeSpan nodeWait, TimeSpan rackWait)
{
    /// <summary>A host offered again within this time after its refusal ended has stood idle since.</summary>
    private static readonly TimeSpan ReofferSlack = TimeSpan.FromSeconds(0.5);

    /// <summary>Hosts kept before those that were not offered again are looked for and dropped.</summary>
    private const int HostsMin = 1_024;

    private readonly Dictionary<string, Turned> _hosts = new(StringComparer.Ordinal);
    private int _pruneAt = HostsMin;
    private Locality _level = Locality.Node;
    private TimeSpan _waited;

    /// <summary>Up to here the job's wait is counted; from here to <see cref="_until"/> it goes on.</summary>
    private DateTimeOffset _counted = DateTimeOffset.MinValue;
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    /// <summary>A host turned down without a break: since when, and to when the last refusal runs.</summary>
    private readonly record struct Turned(DateTimeOffset Since, DateTimeOffset Until);

    /// <summary>Hosts whose waits are kept: those turned down lately.</summary>
    public int HostsKept => _hosts.Count;

    /// <summary>The farthest at which a task may be launched on the host now.</summary>
    public Locality Allowed(DateTimeOffset now, string host)
    {
        Count(now);
        var ofJob = JobLevel();
        var ofHost = _hosts.TryGetValue(host, out var turned) && IsUnbroken(turned, now)
            ? After(now - turned.Since)
            : Locality.Node;
        return ofHost > ofJob ? ofHost : ofJob;
    }

    /// <summary>
    /// For how long to refuse a slot of the host that is being turned down: until it opens, at most half a wait, so
    /// that a slot that stands idle shows itself by coming back in time.
    /// </summary>
    public TimeSpan Refusal(DateTimeOffset now, string host)
    {
        var level = Allowed(now, host);
        if (level == Locality.Any)
            return TimeSpan.Zero;
        var opensAfter = level == Locality.Node ? nodeWait : nodeWait + rackWait;
        var ofJob = _level == Locality.Node ? opensAfter - _waited : rackWait - _waited;
        var ofHost = _hosts.TryGetValue(host, out var turned) && IsUnbroken(turned, now)
            ? opensAfter - (now - turned.Since)
            : opensAfter;
        var half = (level == Locality.Node ? nodeWait : rackWait) / 2;
        var opens = ofJob < ofHost ? ofJob : ofHost;
        return opens < half ? opens : half;
    }

    /// <summary>
    /// The job had a task for a free slot of the host, but let it go by because the data is elsewhere.
    /// </summary>
    /// <param name="refusal">How long the slot will not be offered again; see <see cref="Refusal"/>.</param>
    public void TurnedDown(DateTimeOffset now, string host, TimeSpan refusal)
    {
        Count(now);
        var until = now + refusal;
        if (until > _until)
            _until = until;
        var turned = _hosts.TryGetValue(host, out var before) && IsUnbroken(before, now)
            ? before with { Until = until > before.Until ? until : before.Until }
            : new Turned(now, until);
        _hosts[host] = turned;
        if (_hosts.Count >= _pruneAt)
            Prune(now);
    }

    /// <summary>The job launched a task; <paramref name="locality"/> is how near it runs.</summary>
    public void Launched(DateTimeOffset now, Locality locality)
    {
        Count(now);
        // Farther than the job may: the host stood idle, which says nothing about the job's chances elsewhere.
        if (locality > JobLevel())
            return;
        _level = locality;
        _waited = TimeSpan.Zero;
    }

    private void Count(DateTimeOffset now)
    {
        var end = now < _until ? now : _until;
        if (end > _counted)
            _waited += end - _counted;
        if (now > _counted)
            _counted = now;
    }

    private Locality JobLevel() => _level switch
    {
        Locality.Node => After(_waited),
        Locality.Rack => _waited >= rackWait ? Locality.Any : Locality.Rack,
        Locality.Any => Locality.Any,
    };

    private Locality After(TimeSpan waited) =>
        waited >= nodeWait + rackWait ? Locality.Any : waited >= nodeWait ? Locality.Rack : Locality.Node;

    private static bool IsUnbroken(Turned turned, DateTimeOffset now) => now <= turned.Until + ReofferSlack;

    private void Prune(DateTimeOffset now)
    {
        foreach (var (host, turned) in _hosts)
            if (!IsUnbroken(turned, now))
                _hosts.Remove(host);
        _pruneAt = Math.Max(HostsMin, _hosts.Count * 2);
    }
}
