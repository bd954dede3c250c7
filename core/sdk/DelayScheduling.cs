namespace Agora.Sdk;

/// <summary>How near a task runs to its data; a later one includes the earlier.</summary>
public enum Locality
{
    /// <summary>In a process that holds the data in its memory.</summary>
    Process = -1,
    Node,
    Rack,
    Any,
}

/// <summary>
/// Delay scheduling for one job: let slots far from the data go by for a little while, since a near one is likely to
/// come. After Zaharia et al., "Delay Scheduling" (EuroSys 2010), in its form with waits: a job starts at the nearest
/// level; once it has waited that level's wait it may launch at the next one, and so on up to anywhere, and it stays at
/// the level it launched at until a nearer launch takes it back there and its wait begins anew. A job without any near
/// slot thus waits once, not for each task.
/// <para>Two rules beside the paper's. <b>Only time on offer counts:</b> the wait grows while a slot is turned down
/// that the job could have used, not while there is none. <b>No slot stands idle for longer than the waits:</b> a host
/// that the job turns down, is offered again as soon as its refusal ends, turns down again and so on has a wait of its
/// own, which launches elsewhere do not touch, and opens by it. For a slot that others take this wait never runs up,
/// since it does not come back that soon. Without this rule, each local launch on a few near hosts would keep all
/// other hosts of an idle cluster shut for ever (SPARK-18886).</para>
/// <para>Not thread-safe; holds no clock.</para>
/// </summary>
public sealed class DelayScheduling
{
    /// <summary>A host offered again within this time after its refusal ended has stood idle since.</summary>
    private static readonly TimeSpan ReofferSlack = TimeSpan.FromSeconds(0.5);

    /// <summary>Hosts kept before those that were not offered again are looked for and dropped.</summary>
    private const int HostsMin = 1_024;

    private readonly Dictionary<string, Turned> _hosts = new(StringComparer.Ordinal);
    private readonly Locality _nearest;
    private readonly TimeSpan _processWait, _nodeWait, _rackWait;
    private int _pruneAt = HostsMin;
    private Locality _level;
    private TimeSpan _waited;

    /// <summary>Up to here the job's wait is counted; from here to <see cref="_until"/> it goes on.</summary>
    private DateTimeOffset _counted = DateTimeOffset.MinValue;
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    /// <summary>A host turned down without a break: since when, and to when the last refusal runs.</summary>
    private readonly record struct Turned(DateTimeOffset Since, DateTimeOffset Until);

    /// <summary>For data that lies on nodes.</summary>
    public DelayScheduling(TimeSpan nodeWait, TimeSpan rackWait) =>
        (_nearest, _level, _nodeWait, _rackWait) = (Locality.Node, Locality.Node, nodeWait, rackWait);

    /// <summary>For data that processes hold; then a slot is a process's, and goes by its name in place of a host's.</summary>
    public DelayScheduling(TimeSpan processWait, TimeSpan nodeWait, TimeSpan rackWait)
        : this(nodeWait, rackWait) =>
        (_nearest, _level, _processWait) = (Locality.Process, Locality.Process, processWait);

    /// <summary>The level it began at.</summary>
    public Locality Nearest => _nearest;

    /// <summary>Hosts whose waits are kept: those turned down lately.</summary>
    public int HostsKept => _hosts.Count;

    /// <summary>The farthest at which a task may be launched on the host now.</summary>
    public Locality Allowed(DateTimeOffset now, string host)
    {
        Count(now);
        var ofJob = JobLevel();
        var ofHost = _hosts.TryGetValue(host, out var turned) && IsUnbroken(turned, now)
            ? After(_nearest, now - turned.Since)
            : _nearest;
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
        var ofJob = Between(_level, level) - _waited;
        var ofHost = Between(_nearest, level);
        if (_hosts.TryGetValue(host, out var turned) && IsUnbroken(turned, now))
            ofHost -= now - turned.Since;
        var half = Wait(level) / 2;
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

    private Locality JobLevel() => After(_level, _waited);

    /// <summary>The level that is open after so long a wait that began at another.</summary>
    private Locality After(Locality level, TimeSpan waited)
    {
        while (level < Locality.Any && waited >= Wait(level))
            waited -= Wait(level++);
        return level;
    }

    /// <summary>The waits from one level up to the end of another.</summary>
    private TimeSpan Between(Locality first, Locality last)
    {
        var sum = TimeSpan.Zero;
        for (var level = first; level <= last; level++)
            sum += Wait(level);
        return sum;
    }

    private TimeSpan Wait(Locality level) => level switch
    {
        Locality.Process => _processWait,
        Locality.Node => _nodeWait,
        Locality.Rack => _rackWait,
        Locality.Any => TimeSpan.Zero,
    };

    private static bool IsUnbroken(Turned turned, DateTimeOffset now) => now <= turned.Until + ReofferSlack;

    private void Prune(DateTimeOffset now)
    {
        foreach (var (host, turned) in _hosts)
            if (!IsUnbroken(turned, now))
                _hosts.Remove(host);
        _pruneAt = Math.Max(HostsMin, _hosts.Count * 2);
    }
}
