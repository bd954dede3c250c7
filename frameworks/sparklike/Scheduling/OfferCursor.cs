namespace Agora.Spark.Scheduling;

/// <summary>
/// How far a stage has gone through a set of offers: nearest places first, and of them each in turn. An offer that is of no
/// use at a level stays so, since offers only fill and tasks only leave.
/// </summary>
internal sealed class OfferCursor
{
    private readonly List<int> _offers = [];
    private int _at;

    /// <summary>Of <see cref="TaskLocality"/>; beyond the last come second attempts at slow tasks.</summary>
    public int Level { get; private set; }

    /// <summary>Begins with <paramref name="count"/> offers.</summary>
    public void Reset(int count, int level = 0)
    {
        Level = level;
        _at = 0;
        _offers.Clear();
        for (var i = 0; i < count; i++)
            _offers.Add(i);
    }

    /// <summary>The offer to look at next; null if none is left at this level.</summary>
    public int? Next => _offers.Count == 0 ? null : _offers[_at %= _offers.Count];

    /// <summary>The offer took a task: the next one's turn.</summary>
    public void Took() => _at++;

    /// <summary>The offer takes none at this level.</summary>
    public void Skip()
    {
        _offers[_at] = _offers[^1];
        _offers.RemoveAt(_offers.Count - 1);
    }
}
