namespace Agora.Simulation;

/// <summary>
/// One stream between a client and a server. Within one direction messages keep their order; a lost or doubled message breaks
/// the stream, as the numbers of the batches show it. Each end is open or not for itself: an end learns of the other's closing
/// by a message, which takes its time.
/// </summary>
/// <typeparam name="TUp">What the client sends.</typeparam>
/// <typeparam name="TDown">What the server sends.</typeparam>
public sealed class SimStream<TUp, TDown>(Network network, EventQueue events, string client, string server)
{
    private DateTimeOffset _upFree, _downFree;

    /// <summary>Behind a gap nothing more is taken from a stream.</summary>
    private bool _upGap, _downGap;

    /// <summary>Nothing passes any more, and neither end is told.</summary>
    private bool _severed;

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
        Carry(client, server, ref _upFree, () =>
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
        Carry(server, client, ref _downFree, () =>
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
        Carry(client, server, ref _upFree, EndServer);
    }

    public void CloseServer()
    {
        if (!ServerOpen)
            return;
        ServerOpen = false;
        Carry(server, client, ref _downFree, EndClient);
    }

    /// <summary>Both ends find it broken, each in its own time; what is under way is lost.</summary>
    public void Break()
    {
        if (_severed)
            return;
        network.Carry(client, server, network.Delay(), EndServer);
        network.Carry(server, client, network.Delay(), EndClient);
    }

    /// <summary>The server's process is gone, and with it its end at once; the client finds the stream broken in its own time.</summary>
    public void BreakServer()
    {
        ServerOpen = false;
        if (!_severed)
            network.Carry(server, client, network.Delay(), EndClient);
    }

    /// <summary>Half-open from now on: silence in both directions, and no error at either end.</summary>
    /// <param name="noticed">When the transports' own probes have failed and each end finds it broken after all; null for never.</param>
    public void Sever(TimeSpan? noticed)
    {
        _severed = true;
        if (noticed is { } after)
        {
            events.After(after, EndServer);
            events.After(after, EndClient);
        }
    }

    /// <summary>A host is gone without a word: its end is no more, and the other's hears nothing of it.</summary>
    public void LoseClient(TimeSpan? noticed)
    {
        ClientOpen = false;
        Sever(noticed);
    }

    /// <inheritdoc cref="LoseClient"/>
    public void LoseServer(TimeSpan? noticed)
    {
        ServerOpen = false;
        Sever(noticed);
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

    private void Carry(string from, string to, ref DateTimeOffset free, Action arrive)
    {
        if (_severed)
            return;
        var at = events.Now + network.Delay(from, to);
        free = at > free ? at : free;
        network.Carry(from, to, free - events.Now, () =>
        {
            if (!_severed)
                arrive();
        });
    }
}
