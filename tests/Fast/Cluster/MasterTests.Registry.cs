using Agora.Cluster;
using Agora.Tests.Fast.Protocol;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    [Fact]
    public void An_order_counts_and_is_answered_once_it_is_stored()
    {
        var bench = new MasterBench { HoldsStores = true };
        var agent = bench.Register();
        var drain = bench.Ask(new OperatorCommand.Drain(agent.Id));
        var weight = bench.Ask(new OperatorCommand.SetRole("heavy", 2, null, null));
        Assert.Null(bench.AnswerTo(drain));
        Assert.Equal(AgentCondition.Active, bench.View(agent).Condition);
        bench.Store();
        Assert.Equal(("", AgentCondition.Drained), (bench.AnswerTo(drain), bench.View(agent).Condition));
        // One at a time: the second was not even asked for before.
        Assert.Null(bench.AnswerTo(weight));
        Assert.DoesNotContain(bench.Snapshot.Roles, r => r.Name == "heavy");
        bench.Store();
        Assert.Equal("", bench.AnswerTo(weight));
        Assert.Equal(2, bench.Snapshot.Roles.Single(r => r.Name == "heavy").Weight);
    }

    [Fact]
    public void An_order_that_cannot_be_stored_is_refused_and_changes_nothing()
    {
        var bench = new MasterBench { HoldsStores = true };
        var agent = bench.Register();
        var before = bench.Books();
        var drain = bench.Ask(new OperatorCommand.Drain(agent.Id));
        bench.Store("the disk is full");
        Assert.Equal("it could not be stored: the disk is full", bench.AnswerTo(drain));
        Assert.Equal(before, bench.Books());
        Assert.Same(Registry.Empty, bench.Registry);
    }

    [Fact]
    public void An_order_that_changes_nothing_is_answered_without_being_stored()
    {
        var bench = new MasterBench { HoldsStores = true };
        var agent = bench.Register();
        Assert.Null(bench.Order(new OperatorCommand.Reactivate(agent.Id)));
        Assert.Null(bench.Held);
    }

    [Fact]
    public void More_orders_than_may_wait_are_refused()
    {
        var bench = new MasterBench(new MasterOptions { Limits = new Limits { OrdersWaitingMax = 2 } }) { HoldsStores = true };
        // One is being stored, two wait.
        for (var i = 0; i < 3; i++)
            bench.Ask(new OperatorCommand.SetRole($"r{i}", 2, null, null));
        Assert.Equal("2 orders wait to be stored; try again later", bench.Order(new OperatorCommand.SetRole("late", 2, null, null)));
    }

    [Fact]
    public void A_new_leader_knows_what_operators_decided_before_it_offers_anything()
    {
        var bench = new MasterBench();
        var (drained, deactivated, gone, used) = (bench.Register("node1"), bench.Register("node2"), bench.Register("node3"), bench.Register("node4"));
        bench.Order(new OperatorCommand.SetRole("heavy", 3, 7, Resources.Parse("cpus:2")));
        bench.Order(new OperatorCommand.Drain(drained.Id));
        bench.Order(new OperatorCommand.Deactivate(deactivated.Id));
        bench.Order(new OperatorCommand.MarkGone(gone.Id));
        bench.Order(new OperatorCommand.ScheduleMaintenance("oil", ["node5"], new Unavailability(bench.Now, OneHour)));
        bench.Failover();
        var framework = bench.Subscribe(role: "heavy");
        foreach (var (name, id) in new[] { ("node1", drained.Id), ("node2", deactivated.Id), ("node3", gone.Id), ("node4", used.Id) })
            bench.Register(name, id: id);
        bench.Register("node5");
        bench.Pass();
        Assert.Equal("node4", framework.Offer.Hostname);
        var role = bench.Snapshot.Roles.Single(r => r.Name == "heavy");
        Assert.Equal((3.0, 7, "cpus:2"), (role.Weight, role.Priority, role.Guaranteed.ToString()));
        Assert.Equal(["Drained", "Deactivated", "Active", "Maintenance"], bench.Snapshot.Agents.Select(a => a.Condition.ToString()));
        Assert.Equal(gone.Id, Assert.Single(bench.Snapshot.Gone).Id);
    }

    /// <summary>What becomes of an order when its leader may be lost on the way.</summary>
    private enum Fate
    {
        Stored,
        Refused,
        StoredAndLeaderLost,
        LeaderLostBefore,
    }

    [Fact]
    public void Whatever_is_ordered_and_whenever_the_leader_is_lost_what_counts_is_what_was_stored() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 3], Gen.Enum<Fate>()).List[0, 40].Sample(steps =>
        {
            var (failing, steady) = (WithAgents(), WithAgents());
            foreach (var (kind, which, fate) in steps)
            {
                var order = AnyOrder(kind, which);
                failing.HoldsStores = true;
                var request = failing.Ask(order);
                var asked = failing.Held is not null;
                if (asked && fate is not Fate.LeaderLostBefore)
                    failing.Store(fate == Fate.Refused ? "full" : null, heard: fate != Fate.StoredAndLeaderLost);
                if (fate is Fate.StoredAndLeaderLost or Fate.LeaderLostBefore)
                {
                    failing.Failover();
                    RegisterAgents(failing, steady);
                }
                // Of its own accord it marks gone what was to be once it is drained.
                while (failing.Held is not null)
                    failing.Store();
                failing.HoldsStores = false;
                // The reference never fails and is given only what was stored.
                if (asked && fate is Fate.Stored or Fate.StoredAndLeaderLost)
                {
                    Assert.Null(steady.Order(order));
                    Assert.Equal(fate == Fate.Stored ? "" : null, failing.AnswerTo(request));
                }
                Assert.Equal(Shape.Of(steady.Registry), Shape.Of(failing.Registry));
                failing.Advance(OneSecond);
                steady.Advance(OneSecond);
            }
            Assert.Equal(steady.Snapshot.Agents.Select(a => $"{a.Info.Id} {a.Condition}").Order(),
                failing.Snapshot.Agents.Select(a => $"{a.Info.Id} {a.Condition}").Order());
            Assert.Equal(Shape.Of(steady.Snapshot.Maintenance), Shape.Of(failing.Snapshot.Maintenance));
            Assert.Equal(Shape.Of(steady.Snapshot.Gone), Shape.Of(failing.Snapshot.Gone));
            Assert.Equal(Shape.Of(steady.Snapshot.Roles), Shape.Of(failing.Snapshot.Roles));
        }, iter: 300);

    private static MasterBench WithAgents()
    {
        var bench = new MasterBench();
        for (var i = 1; i <= 4; i++)
            bench.Register($"node{i}");
        return bench;
    }

    /// <summary>All of the reference's agents come to the new leader.</summary>
    private static void RegisterAgents(MasterBench bench, MasterBench reference)
    {
        var gone = bench.Registry.Gone.Select(g => g.Id).ToHashSet();
        foreach (var agent in reference.Snapshot.Agents.Where(a => !gone.Contains(a.Info.Id!.Value)))
            bench.Register(agent.Info.Hostname, id: agent.Info.Id);
    }

    private static OperatorCommand AnyOrder(int kind, int which)
    {
        var agent = new AgentId($"agent-1-{which + 1}");
        return kind switch
        {
            0 => new OperatorCommand.SetRole($"r{which}", 1 + which, null, null),
            1 => new OperatorCommand.SetRole($"r{which}", null, which, Resources.Parse("cpus:1")),
            2 => new OperatorCommand.Drain(agent, OneSecond * which),
            3 => new OperatorCommand.Drain(agent, null, OneSecond, ThenGone: which == 0),
            4 => new OperatorCommand.Deactivate(agent),
            5 => new OperatorCommand.Reactivate(agent),
            6 => new OperatorCommand.MarkGone(agent),
            7 => new OperatorCommand.ScheduleMaintenance($"w{which % 2}", [$"node{which + 1}"],
                new Unavailability(DateTimeOffset.UnixEpoch + OneSecond * which * 4, which == 3 ? null : OneSecond * 10)),
            _ => new OperatorCommand.CancelMaintenance($"w{which % 2}"),
        };
    }
}
