namespace Agora.Simulation;

/// <summary>Strikes a world with faults, and undoes each after a time.</summary>
public sealed class Trouble(World world, Dice dice, IReadOnlyList<Fault> faults, IReadOnlyList<(SimScheduler First, SimScheduler Second)> schedulers)
{
    /// <summary>With few kinds of fault a scenario has them all, with many it has each with this chance.</summary>
    private const double ChanceOfEach = 0.3;
    private const int FewFaults = 3;

    private int _open;

    /// <summary>Everything that was done has been undone.</summary>
    public bool IsOver => _open == 0;

    /// <summary>Faults that struck.</summary>
    public int Struck { get; private set; }

    /// <summary>Plans all faults of a time.</summary>
    public void Plan(TimeSpan length)
    {
        foreach (var fault in faults)
        {
            if (faults.Count > FewFaults && !dice.Chance(ChanceOfEach))
                continue;
            var mean = TimeSpan.FromSeconds(fault.EverySeconds);
            for (var at = mean * dice.Unit(); at < length; at += mean * (0.2 + 1.6 * dice.Unit()))
                world.Events.After(at, () =>
                {
                    Struck++;
                    world.Tell("fault", fault.Name);
                    fault.Strike(this);
                });
        }
    }

    public void KillAgent()
    {
        var agent = dice.Of(world.Agents);
        if (agent.Machine is null)
            return;
        if (dice.Chance(0.5))
            agent.KillAfter(dice.Between(0, 3));
        else
            agent.Kill();
        // Killed in the middle of a step: that comes within a ping or so.
        Undo(TimeSpan.FromSeconds(30), () =>
        {
            agent.Kill();
            agent.Start();
        });
    }

    public void RebootAgent()
    {
        var agent = dice.Of(world.Agents);
        if (agent.Machine is null)
            return;
        if (dice.Chance(0.5))
            agent.Vanish(Noticed());
        else
            agent.Crash();
        Undo(TimeSpan.FromSeconds(60), agent.Start);
    }

    public void KillContainer()
    {
        var containers = world.Agents.SelectMany(a => a.Containers).ToList();
        if (containers.Count > 0)
            dice.Of(containers).Kill();
    }

    public void KillMaster()
    {
        var master = AMaster();
        if (!master.IsUp)
            return;
        switch (dice.Between(0, 3))
        {
            case 0: master.Resign(); break;
            case 1: master.Vanish(Noticed()); break;
            default: master.Crash(); break;
        }
        Undo(TimeSpan.FromSeconds(20), master.Start);
    }

    public void StopMaster(TimeSpan slowToStepDown)
    {
        var master = AMaster();
        if (!master.IsUp || master.IsStopped)
            return;
        master.SlowToStepDown = slowToStepDown;
        master.Stop();
        Undo(TimeSpan.FromSeconds(40), () =>
        {
            master.Continue();
            Undo(slowToStepDown, () => master.SlowToStepDown = TimeSpan.Zero);
        });
    }

    public void CutMaster(TimeSpan slowToStepDown)
    {
        var master = AMaster();
        if (world.Election is not { } election || world.Network.IsPartitioned(master.Name, SimElection.Host))
            return;
        master.SlowToStepDown = slowToStepDown;
        world.Network.Partition(master.Name, SimElection.Host);
        var life = master.Life;
        election.FellSilent(master);
        Undo(TimeSpan.FromSeconds(40), () =>
        {
            world.Network.Heal(master.Name, SimElection.Host);
            if (life == master.Life)
                election.IsWell(master);
            Undo(slowToStepDown, () => master.SlowToStepDown = TimeSpan.Zero);
        });
    }

    public void HaveTwoMasters()
    {
        var slow = dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
        if (dice.Chance(0.5))
            StopMaster(slow);
        else
            CutMaster(slow);
        Scatter(looks: 30);
    }

    /// <summary>While two lead, streams break, so that those that know all masters by a list come to either.</summary>
    private void Scatter(int looks)
    {
        if (world.Masters.Count(m => m.Machine is not null) > 1)
        {
            foreach (var agent in world.Agents.Where(_ => dice.Chance(0.3)))
                agent.Break();
            foreach (var scheduler in world.Schedulers.Where(_ => dice.Chance(0.3)))
                scheduler.Break();
        }
        if (looks > 0)
            Undo(TimeSpan.FromSeconds(4), () => Scatter(looks - 1));
    }

    public void RestartScheduler()
    {
        var (first, second) = dice.Of(schedulers);
        var (one, other) = second.IsUp ? (second, first) : (first, second);
        one.Crash();
        Undo(TimeSpan.FromSeconds(20), () => Start(one, other));
    }

    public void TakeOver()
    {
        var (first, second) = dice.Of(schedulers);
        if (first.Scheduler is not WorkloadScheduler { IsKnown: true })
            return;
        if (second.IsUp)
            Start(first, second);
        else
            Start(second, first);
    }

    private static void Start(SimScheduler one, SimScheduler other)
    {
        other.Fence();
        one.Start();
    }

    public void Partition(bool bothWays)
    {
        var (from, to) = TwoHosts();
        if (world.Network.IsPartitioned(from, to))
            return;
        if (bothWays)
            world.Network.Partition(from, to);
        else
            world.Network.Block(from, to);
        Undo(TimeSpan.FromSeconds(120), () => world.Network.Heal(from, to));
    }

    public void SlowLink()
    {
        var (from, to) = TwoHosts();
        world.Network.Slow(from, to, dice.Between(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(4)));
        Undo(TimeSpan.FromSeconds(60), () => world.Network.Slow(from, to, TimeSpan.Zero));
    }

    public void SeverStream()
    {
        if (dice.Chance(0.7))
            dice.Of(world.Agents).Sever(Noticed());
        else
            dice.Of(world.Schedulers).Sever(Noticed());
    }

    public void LoseMessages()
    {
        world.Network.BreakChance = dice.Unit() * 0.02;
        Undo(TimeSpan.FromSeconds(60), () => world.Network.BreakChance = 0);
    }

    public void JumpClock()
    {
        var by = TimeSpan.FromSeconds(Math.Pow(24 * 3600, dice.Unit())) * (dice.Chance(0.5) ? 1 : -1);
        switch (dice.Between(0, 2))
        {
            case 0: AMaster().SetClock(by); break;
            case 1: dice.Of(world.Agents).SetClock(by); break;
            default: dice.Of(world.Schedulers).SetClock(by); break;
        }
    }

    public void GiveOrder()
    {
        var agent = dice.Of(world.Agents);
        if (agent.Id is not { } id)
            return;
        bool IsOffered() => world.Registry.Inactive.All(a => a.Id != id);
        switch (dice.Between(0, 3))
        {
            case 0:
                world.Order(new OperatorCommand.SetRole($"role{dice.Between(1, 3)}", dice.Between(1, 4), null, null));
                break;
            case 1:
                world.Order(new OperatorCommand.Deactivate(id));
                TakeBack(new OperatorCommand.Reactivate(id), IsOffered, TimeSpan.FromSeconds(60));
                break;
            case 2:
                world.Checker.MayBeKilledOn(id);
                world.Order(new OperatorCommand.Drain(id, dice.Chance(0.3) ? null : dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20))));
                TakeBack(new OperatorCommand.Reactivate(id), IsOffered, TimeSpan.FromSeconds(60));
                break;
            default:
                var window = new Unavailability(world.Master.Clock.Now + dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)),
                    dice.Chance(0.3) ? null : dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)));
                world.Order(new OperatorCommand.ScheduleMaintenance(agent.Host, [agent.Host], window));
                TakeBack(new OperatorCommand.CancelMaintenance(agent.Host), () => world.Registry.Maintenance.All(w => w.Name != agent.Host),
                    TimeSpan.FromSeconds(60));
                break;
        }
    }

    /// <summary>Gives the opposite order until that counts: nobody may lead just now, or only one who was deposed.</summary>
    private void TakeBack(OperatorCommand opposite, Func<bool> isDone, TimeSpan longest) => Undo(longest, () =>
    {
        if (isDone())
            return;
        world.Order(opposite);
        if (!isDone())
            TakeBack(opposite, isDone, TimeSpan.FromSeconds(4));
    });

    public void StrikeTwice()
    {
        // Those that are not asked for do not come in by the back door.
        var others = faults.Where(f => f.Name != "pairs").ToList();
        if (others.Count == 0)
            others = [.. Fault.All.Where(f => f.Name != "pairs")];
        dice.Of(others).Strike(this);
        dice.Of(others).Strike(this);
    }

    /// <summary>More often than not the one that leads.</summary>
    private SimMaster AMaster() => dice.Chance(0.7) ? world.Master : dice.Of(world.Masters);

    private (string From, string To) TwoHosts()
    {
        var one = dice.Chance(0.7) ? dice.Of(world.Agents).Host : dice.Of(world.Schedulers).Host;
        var other = world.Election is not null && dice.Chance(0.2) ? SimElection.Host : AMaster().Name;
        return dice.Chance(0.5) ? (one, other) : (other, one);
    }

    /// <summary>When transports find a silent stream out; some never do.</summary>
    private TimeSpan? Noticed() => dice.Chance(0.5) ? TimeSpan.FromSeconds(60) : null;

    private void Undo(TimeSpan longest, Action undo)
    {
        _open++;
        world.Events.After(longest <= TimeSpan.FromMilliseconds(10) ? longest : dice.Between(TimeSpan.FromMilliseconds(10), longest), () =>
        {
            _open--;
            undo();
        });
    }
}
