using Agora.Cluster;
using Agora.Simulation;
using Xunit;

namespace Agora.Tests.Fast.Simulation;

/// <summary>Simulated masters are elected, and lose their leadership, as real ones do.</summary>
public class SimElectionTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5), Second = TimeSpan.FromSeconds(1);

    private static World Started()
    {
        var world = new World(1, new MasterOptions(), masters: 2, lease: Lease);
        foreach (var master in world.Masters)
            master.Start();
        world.Run(Second);
        Assert.Single(world.Masters, m => m.Machine is not null);
        return world;
    }

    [Fact]
    public void A_standby_leads_with_a_greater_epoch_once_the_lease_of_a_killed_leader_is_over()
    {
        var world = Started();
        var (leader, epoch) = (world.Master, world.Master.Epoch);
        leader.Crash();
        // It renewed last at most a third of its term ago.
        world.Run(Lease / 2);
        Assert.DoesNotContain(world.Masters, m => m.Machine is not null);
        world.Run(Lease);
        Assert.NotEqual(leader, world.Master);
        Assert.True(world.Master.Epoch > epoch);
    }

    [Fact]
    public void A_leader_that_gives_its_lease_back_is_followed_at_once()
    {
        var world = Started();
        world.Master.Resign();
        world.Run(Second);
        Assert.Single(world.Masters, m => m.Machine is not null);
    }

    [Fact]
    public void A_leader_that_sleeps_past_its_lease_still_leads_when_it_wakes_and_then_stands_by()
    {
        var world = Started();
        var leader = world.Master;
        leader.SlowToStepDown = Second;
        leader.Stop();
        world.Run(Lease * 2);
        var next = world.Master;
        Assert.NotEqual(leader, next);
        Assert.All([leader, next], m => Assert.NotNull(m.Machine));
        leader.Continue();
        Assert.NotNull(leader.Machine);
        world.Run(Second * 3);
        Assert.Null(leader.Machine);
        Assert.True(leader.IsUp);
        next.Resign();
        world.Run(Second);
        Assert.Equal(leader, world.Master);
        Assert.True(leader.Epoch > next.Epoch);
    }

    [Fact]
    public void A_leader_that_is_back_before_its_lease_is_over_goes_on_leading()
    {
        var world = Started();
        var (leader, epoch) = (world.Master, world.Master.Epoch);
        leader.Stop();
        world.Run(Second);
        leader.Continue();
        world.Run(Lease * 3);
        Assert.Equal((leader, epoch), (world.Master, world.Master.Epoch));
    }

    [Fact]
    public void A_leader_that_does_not_reach_the_election_stops_before_another_leads()
    {
        var world = Started();
        var leader = world.Master;
        world.Network.Partition(leader.Name, SimElection.Host);
        world.Election!.FellSilent(leader);
        Assert.False(world.Run(Lease * 2, () => world.Masters.Count(m => m.Machine is not null) > 1));
        Assert.NotNull(world.Master.Machine);
        Assert.NotEqual(leader, world.Master);
    }
}
