namespace Agora.Torque.Server.Scheduling;

/// <summary>
/// How much will be free from now on, as far as walltimes tell: the profile of conservative backfill (Mu'alem and
/// Feitelson, IEEE TPDS 12(6), 2001, section 2).
/// </summary>
public sealed class Profile
{
    private readonly List<(DateTimeOffset From, Capacity Free)> _steps;

    /// <param name="free">At <paramref name="now"/>.</param>
    public Profile(DateTimeOffset now, Capacity free) => _steps = [(now, free.Copy())];

    /// <summary>From then on these are free again.</summary>
    public void Release(DateTimeOffset at, IReadOnlyList<NodePick> picks) => Change(at, DateTimeOffset.MaxValue, picks, -1);

    public void Reserve(DateTimeOffset from, DateTimeOffset until, IReadOnlyList<NodePick> picks) => Change(from, until, picks, 1);

    /// <summary>The first time at which the job finds its nodes, and keeps them for so long.</summary>
    /// <param name="find">Chooses nodes of what is free all the time.</param>
    /// <returns>Null if that is never.</returns>
    public (DateTimeOffset At, List<NodePick> Picks)? Earliest(TimeSpan length, Func<Capacity, List<NodePick>?> find)
    {
        for (var first = 0; first < _steps.Count; first++)
        {
            if (find(FreeFrom(first, length)) is { } picks)
                return (_steps[first].From, picks);
        }
        return null;
    }

    /// <summary>What is free from now on for so long.</summary>
    public Capacity FreeNow(TimeSpan length) => FreeFrom(0, length);

    private Capacity FreeFrom(int first, TimeSpan length)
    {
        var free = _steps[first].Free.Copy();
        var until = End(_steps[first].From, length);
        for (var i = first + 1; i < _steps.Count && _steps[i].From < until; i++)
            free.Limit(_steps[i].Free);
        return free;
    }

    public static DateTimeOffset End(DateTimeOffset at, TimeSpan length) =>
        DateTimeOffset.MaxValue - at > length ? at + length : DateTimeOffset.MaxValue;

    private void Change(DateTimeOffset from, DateTimeOffset until, IReadOnlyList<NodePick> picks, int sign)
    {
        Split(from);
        if (until != DateTimeOffset.MaxValue)
            Split(until);
        foreach (var (at, free) in _steps)
        {
            if (at >= from && at < until)
                free.Take(picks, sign);
        }
    }

    /// <summary>A step begins then.</summary>
    private void Split(DateTimeOffset at)
    {
        var after = _steps.FindIndex(s => s.From >= at);
        if (after >= 0 && _steps[after].From == at)
            return;
        var before = after < 0 ? _steps.Count - 1 : after - 1;
        // What is before now is now.
        if (before >= 0)
            _steps.Insert(before + 1, (at, _steps[before].Free.Copy()));
    }
}
