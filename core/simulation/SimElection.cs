namespace Agora.Simulation;

/// <summary>
/// The service that masters elect a leader through, as etcd or ZooKeeper do it: candidates queue, each with a lease that it
/// renews while it is well; the first leads, with a greater epoch than any before. Renewals are not simulated one by one: what
/// keeps a candidate from them starts its lease running out.
/// </summary>
public sealed class SimElection(World world, TimeSpan lease)
{
    public const string Host = "election";

    private readonly List<Candidate> _queue = [];
    private long _epoch;

    /// <summary>One process of a master. The next process is another candidate, and this one's lease runs on.</summary>
    private sealed class Candidate(SimMaster master)
    {
        public SimMaster Master => master;

        /// <summary>Its reasons not to renew; at none it is well.</summary>
        public int Silences { get; set; }

        /// <summary>Counts the times it fell silent or was well again, so that an older end of its lease is known as such.</summary>
        public int Changes { get; set; }

        /// <summary>Its process is gone: nothing makes it well again.</summary>
        public bool Dead { get; set; }
    }

    /// <summary>Who leads as the service has it; it need not know yet.</summary>
    public SimMaster? Leader => _queue.Count == 0 ? null : _queue[0].Master;

    public bool Holds(SimMaster master) => Of(master) is not null;

    /// <summary>A master's process stands for election.</summary>
    public void Campaign(SimMaster master)
    {
        var life = master.Life;
        world.Network.Carry(master.Name, Host, world.Network.Delay(), () =>
        {
            if (life != master.Life || Of(master) is not null)
                return;
            var candidate = new Candidate(master);
            _queue.Add(candidate);
            if (master.IsStopped)
                FallSilent(candidate);
            if (_queue.Count == 1)
                Appoint();
        });
    }

    /// <summary>The process is gone; its lease runs out.</summary>
    public void Died(SimMaster master)
    {
        if (Of(master) is not { } candidate)
            return;
        candidate.Dead = true;
        // The end of a lease that runs out already stays as it is.
        if (candidate.Silences == 0)
            FallSilent(candidate);
    }

    /// <summary>It gives its lease back.</summary>
    public void Resigned(SimMaster master)
    {
        if (Of(master) is { } candidate)
            Expire(candidate);
    }

    /// <summary>It stands still, or does not reach the service.</summary>
    public void FellSilent(SimMaster master)
    {
        if (Of(master) is { } candidate)
            FallSilent(candidate);
    }

    public void IsWell(SimMaster master)
    {
        if (Of(master) is not { Silences: > 0 } candidate || --candidate.Silences > 0)
            return;
        candidate.Changes++;
        if (_queue[0] == candidate && master.Machine is null)
            Appoint();
    }

    private Candidate? Of(SimMaster master) => _queue.Find(c => c.Master == master && !c.Dead);

    private void FallSilent(Candidate candidate)
    {
        candidate.Silences++;
        var change = ++candidate.Changes;
        // It renewed last up to a third of its term ago.
        var end = world.Dice.Between(lease * 2 / 3, lease);
        var own = end - world.Dice.Between(TimeSpan.Zero, lease / 3);
        world.Events.After(own, () =>
        {
            if (candidate.Changes == change && !candidate.Dead && _queue.Contains(candidate))
                candidate.Master.LeaseIsOver();
        });
        world.Events.After(end, () =>
        {
            if (candidate.Changes == change && _queue.Contains(candidate))
                Expire(candidate);
        });
    }

    private void Expire(Candidate candidate)
    {
        var led = _queue[0] == candidate;
        _queue.Remove(candidate);
        if (led)
            Appoint();
    }

    /// <summary>Who is first hears that it is, and so do those that watch.</summary>
    private void Appoint()
    {
        if (_queue.Count == 0)
            return;
        var first = _queue[0];
        world.TellLeader(first.Master);
        world.Events.After(world.Network.Delay() + world.Network.Delay(), () =>
        {
            // Else it is told once it is well again.
            if (_queue.Count > 0 && _queue[0] == first && first is { Silences: 0 } && first.Master is { IsUp: true, Machine: null })
                first.Master.Lead(_epoch = world.Edges.EpochAfter(_epoch));
        });
    }
}
