namespace Agora.Simulation;

/// <summary>
/// What lies between hosts. Across a partition nothing arrives until it heals; whoever gave up meanwhile has closed its end. A
/// partition may be of one direction alone. A slow link delays what passes it.
/// </summary>
public sealed class Network(EventQueue events, Dice dice)
{
    private readonly HashSet<(string From, string To)> _blocked = [];
    private readonly Dictionary<(string From, string To), TimeSpan> _slow = [];
    private readonly List<(string From, string To, Action Deliver)> _held = [];

    public TimeSpan DelayMin { get; set; } = TimeSpan.FromMilliseconds(0.2);
    public TimeSpan DelayMax { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Part of messages that break their stream by being lost or doubled.</summary>
    public double BreakChance { get; set; }

    public long Messages { get; private set; }
    public long Broken { get; private set; }

    /// <summary>False while what one sends does not arrive at the other.</summary>
    public bool Reaches(string from, string to) => _blocked.Count == 0 || !_blocked.Contains((from, to));

    public bool IsPartitioned(string a, string b) => !Reaches(a, b) || !Reaches(b, a);

    public void Partition(string a, string b)
    {
        Block(a, b);
        Block(b, a);
    }

    /// <summary>A partition of one direction.</summary>
    public void Block(string from, string to) => _blocked.Add((from, to));

    public void Heal(string a, string b)
    {
        _blocked.Remove((a, b));
        _blocked.Remove((b, a));
        foreach (var held in _held.Where(h => Reaches(h.From, h.To)).ToList())
        {
            _held.Remove(held);
            // At once: what is sent from now on takes its time, and must not overtake.
            events.After(TimeSpan.Zero, held.Deliver);
        }
    }

    /// <summary>What passes between the two takes so much longer; zero for no longer than usual.</summary>
    public void Slow(string a, string b, TimeSpan more)
    {
        _slow[(a, b)] = more;
        _slow[(b, a)] = more;
    }

    /// <summary>Does something at the other host after a delay, or once a partition between them has healed.</summary>
    public void Carry(string from, string to, TimeSpan delay, Action arrive)
    {
        Messages++;
        events.After(delay, () =>
        {
            if (Reaches(from, to))
                arrive();
            else
                _held.Add((from, to, arrive));
        });
    }

    public TimeSpan Delay() => dice.Between(DelayMin, DelayMax);

    public TimeSpan Delay(string from, string to) => Delay() + _slow.GetValueOrDefault((from, to));

    public bool Breaks()
    {
        if (!dice.Chance(BreakChance))
            return false;
        Broken++;
        return true;
    }
}
