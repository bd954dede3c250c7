namespace Agora.Simulation;

/// <summary>
/// Streams between hosts. Within one direction of a stream messages keep their order; between streams they overtake one
/// another. A lost or doubled message breaks its stream, as the numbers of the batches show it. Across a partition
/// nothing arrives until it heals; whoever gave up meanwhile has closed its end.
/// </summary>
public sealed class Network(EventQueue events, Dice dice)
{
    private readonly HashSet<(string, string)> _partitions = [];
    private readonly List<(string A, string B, Action Deliver)> _held = [];

    public TimeSpan DelayMin { get; set; } = TimeSpan.FromMilliseconds(0.2);
    public TimeSpan DelayMax { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Part of messages that break their stream by being lost or doubled.</summary>
    public double BreakChance { get; set; }

    public long Messages { get; private set; }
    public long Broken { get; private set; }

    public bool IsPartitioned(string a, string b) => _partitions.Contains(Pair(a, b));

    public void Partition(string a, string b) => _partitions.Add(Pair(a, b));

    public void Heal(string a, string b)
    {
        _partitions.Remove(Pair(a, b));
        foreach (var held in _held.Where(h => Pair(h.A, h.B) == Pair(a, b)).ToList())
        {
            _held.Remove(held);
            // At once: what is sent from now on takes its time, and must not overtake.
            events.After(TimeSpan.Zero, held.Deliver);
        }
    }

    /// <summary>Does something at the other host after a delay, or once a partition between them has healed.</summary>
    public void Carry(string from, string to, TimeSpan delay, Action arrive)
    {
        Messages++;
        events.After(delay, () =>
        {
            if (IsPartitioned(from, to))
                _held.Add((from, to, arrive));
            else
                arrive();
        });
    }

    public TimeSpan Delay() => dice.Between(DelayMin, DelayMax);

    public bool Breaks()
    {
        if (!dice.Chance(BreakChance))
            return false;
        Broken++;
        return true;
    }

    private static (string, string) Pair(string a, string b) => string.CompareOrdinal(a, b) < 0 ? (a, b) : (b, a);
}

/// <summary>
/// One stream between a client and a server. Each end is open or not for itself: an end learns of the other's closing
/// by a message, which takes its time.
/// </summary>
/// <typeparam name="TUp">What the client sends.</typeparam>
/// <typeparam name="TDown">What the server sends.</typeparam>
public sealed class SimStream<TUp, TDown>(Network network, EventQueue events, string client, string server)
{
    private DateTimeOffset _upFree, _downFree;

    /// <summary>Behind a gap nothing more is taken from a stream.</summary>
    private bool _upGap, _downGap;

    public bool ClientOpen { get; private set; } = true;
    public bool ServerOpen { get; private set; } = true;
    public required Action<TUp> AtServer { get; init; }
    public required Action<TDown> AtClient { get; init; }
    public required Action ServerClosed { get; init; }
    public required Action ClientClosed { get; init; }

    public void SendUp(TUp item)
    {
        if (!ClientOpen || _upGap)
            return;
        if (network.Breaks())
        {
            _upGap = true;
            Break();
            return;
        }
        network.Carry(client, server, InOrder(ref _upFree), () =>
        {
            if (ServerOpen)
                AtServer(item);
        });
    }

    public void SendDown(TDown item)
    {
        if (!ServerOpen || _downGap)
            return;
        if (network.Breaks())
        {
            _downGap = true;
            Break();
            return;
        }
        network.Carry(server, client, InOrder(ref _downFree), () =>
        {
            if (ClientOpen)
                AtClient(item);
        });
    }

    /// <summary>The client ends it; the server hears of it after what was sent before.</summary>
    public void CloseClient()
    {
        if (!ClientOpen)
            return;
        ClientOpen = false;
        network.Carry(client, server, InOrder(ref _upFree), EndServer);
    }

    public void CloseServer()
    {
        if (!ServerOpen)
            return;
        ServerOpen = false;
        network.Carry(server, client, InOrder(ref _downFree), EndClient);
    }

    /// <summary>Both ends find it broken, each in its own time; what is under way is lost.</summary>
    public void Break()
    {
        network.Carry(client, server, network.Delay(), EndServer);
        network.Carry(server, client, network.Delay(), EndClient);
    }

    private void EndServer()
    {
        if (!ServerOpen)
            return;
        ServerOpen = false;
        ServerClosed();
    }

    private void EndClient()
    {
        if (!ClientOpen)
            return;
        ClientOpen = false;
        ClientClosed();
    }

    private TimeSpan InOrder(ref DateTimeOffset free)
    {
        var at = events.Now + network.Delay();
        free = at > free ? at : free;
        return free - events.Now;
    }
}
