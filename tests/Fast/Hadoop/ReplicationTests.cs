using Agora.Hadoop.Store;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public class ReplicationTests
{
    private static readonly string[] Nodes = ["a", "b", "c", "d"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A block with any copies, any of them damaged, and any nodes alive.</summary>
    private static readonly Gen<(BlockState Block, HashSet<string> Living)> Cases =
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 2].Array[Nodes.Length], Gen.Bool.Array[Nodes.Length])
            .Select((replication, copies, alive) => (
                new BlockState(1, replication, [.. Nodes.Index().Where(n => copies[n.Index] > 0)
                    .Select(n => new Replica(n.Item, copies[n.Index] == 2))]),
                Nodes.Index().Where(n => alive[n.Index]).Select(n => n.Item).ToHashSet()));

    [Fact]
    public void Carrying_out_orders_until_there_are_none_gives_as_many_whole_copies_as_can_be_and_loses_none_on_the_way() =>
        Cases.Sample(t =>
        {
            var (block, living) = t;
            var sources = block.Replicas.Count(r => !r.IsDamaged);
            for (var round = 0; round < 4; round++)
            {
                var before = Whole(block, living);
                var orders = ReplicationPlan.Orders(block, Nodes, living, _ => 0);
                foreach (var order in orders)
                    block = CarryOut(block, order);
                var after = Whole(block, living);
                if (after < Math.Min(before, block.Replication))
                    return false;
                if (orders.Count == 0)
                    break;
            }
            return ReplicationPlan.Orders(block, Nodes, living, _ => 0).Count == 0 &&
                Whole(block, living) == (sources == 0 ? 0 : Math.Min(block.Replication, living.Count)) &&
                block.Replicas.Count(r => !r.IsDamaged) >= Math.Min(1, sources);
        });

    [Fact]
    public void Copies_go_to_living_nodes_that_lack_a_whole_one_and_come_from_whole_ones() =>
        Cases.Sample(t => ReplicationPlan.Orders(t.Block, Nodes, t.Living, _ => 0).OfType<ReplicationOrder.Copy>().All(c =>
            t.Living.Contains(c.To) && !t.Block.Replicas.Contains(new Replica(c.To, false)) &&
            c.From.All(f => t.Block.Replicas.Contains(new Replica(f, false)))));

    [Fact]
    public void New_copies_go_where_there_are_few_and_surplus_ones_from_where_there_are_many()
    {
        long Load(string node) => node == "b" ? 5 : node == "c" ? 1 : 3;
        var one = new BlockState(1, 2, [new Replica("a", false)]);
        Assert.Equal("c", Assert.IsType<ReplicationOrder.Copy>(Assert.Single(
            ReplicationPlan.Orders(one, Nodes, Nodes.ToHashSet(), Load))).To);
        var two = new BlockState(1, 1, [new Replica("a", false), new Replica("b", false)]);
        Assert.Equal(new ReplicationOrder.Remove("b"), Assert.Single(
            ReplicationPlan.Orders(two, Nodes, Nodes.ToHashSet(), Load)));
    }

    [Fact]
    public void A_node_dies_of_answers_that_lack_it_not_of_the_masters_silence()
    {
        var liveness = new NodeLiveness(["a", "b"], TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(6));
        var now = DateTimeOffset.UnixEpoch;
        HashSet<string> both = ["a", "b"], one = ["a"];
        liveness.Hear(both, now);
        // An hour of silence and then one answer without b count for six seconds.
        Assert.False(liveness.Hear(one, now += TimeSpan.FromHours(1)));
        for (var i = 0; i < 12; i++)
            Assert.False(liveness.Hear(one, now += TimeSpan.FromSeconds(2)));
        // 6 + 12 * 2 = 30 s is not yet longer than 30 s.
        Assert.True(liveness.Hear(one, now += TimeSpan.FromSeconds(2)));
        Assert.Equal(["a"], liveness.Living);
        Assert.True(liveness.Hear(both, now += TimeSpan.FromSeconds(2)));
        Assert.Equal(["a", "b"], liveness.Living.Order());
    }

    [Fact]
    public async Task Copies_of_a_dead_node_are_made_anew_elsewhere_and_are_surplus_when_it_is_back()
    {
        var root = Directory.CreateTempSubdirectory("agora-store").FullName;
        var time = new FakeTimeProvider();
        var agents = new Agents { There = [.. Nodes] };
        using var store = new EmbeddedStore(new StoreOptions(root, Nodes), agents, time, _ => { });
        await store.CreateAsync("/f", new MemoryStream(new byte[3000]), false, 1000, 2, "644", "root", Stop);
        List<string> HomesOf(int block) => [.. store.Names.Blocks(store.Names.Find("/f")!)[block].Replicas.Select(r => r.Node)];
        var dead = HomesOf(0)[0];

        agents.There.Remove(dead);
        for (var i = 0; i < 20; i++)
        {
            await store.Replicator.HearAsync(Stop);
            time.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.DoesNotContain(dead, store.Locations(store.Names.Blocks(store.Names.Find("/f")!)[0]));
        Assert.True(await store.Replicator.RepairOnceAsync(Stop));
        Assert.All(store.Names.Blocks(store.Names.Find("/f")!), b => Assert.Equal(2, store.Locations(b).Count));
        Assert.Equal(3, HomesOf(0).Count);

        agents.There.Add(dead);
        await store.Replicator.HearAsync(Stop);
        Assert.True(await store.Replicator.RepairOnceAsync(Stop));
        Assert.All(Enumerable.Range(0, 3), b => Assert.Equal(2, HomesOf(b).Count));
        Assert.Equal(6, Directory.GetFiles(root, "blk_*", SearchOption.AllDirectories).Length);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Damage_found_by_scrubbing_and_copies_missing_at_the_start_are_made_good()
    {
        var root = Directory.CreateTempSubdirectory("agora-store").FullName;
        var options = new StoreOptions(root, ["a", "b", "c"]);
        List<string> Files() => [.. Directory.GetFiles(root, "blk_*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        using (var store = new EmbeddedStore(options, null, TimeProvider.System, _ => { }))
        {
            await store.CreateAsync("/f", new MemoryStream([1, 2, 3]), false, 1000, 3, "644", "root", Stop);
            await File.WriteAllBytesAsync(Files()[1], [1, 2, 4], Stop);
            store.Replicator.ScrubNext(0);
            Assert.Equal(2, store.Locations(store.Names.Blocks(store.Names.Find("/f")!)[0]).Count);
            Assert.True(await store.Replicator.RepairOnceAsync(Stop));
            Assert.All(Files(), f => Assert.Equal([1, 2, 3], File.ReadAllBytes(f)));
        }
        File.Delete(Files()[0]);
        using (var again = new EmbeddedStore(options, null, TimeProvider.System, _ => { }))
        {
            Assert.True(await again.Replicator.RepairOnceAsync(Stop));
            Assert.Equal(3, Files().Count);
            Assert.All(Files(), f => Assert.Equal([1, 2, 3], File.ReadAllBytes(f)));
        }
        Directory.Delete(root, recursive: true);
    }

    private static int Whole(BlockState block, HashSet<string> living) =>
        block.Replicas.Count(r => !r.IsDamaged && living.Contains(r.Node));

    private static BlockState CarryOut(BlockState block, ReplicationOrder order) => order switch
    {
        ReplicationOrder.Copy copy => block with
        {
            Replicas = [.. block.Replicas.Where(r => r.Node != copy.To), new Replica(copy.To, false)],
        },
        ReplicationOrder.Remove remove => block with { Replicas = [.. block.Replicas.Where(r => r.Node != remove.Node)] },
        _ => throw new InvalidOperationException($"{order}"),
    };

    private sealed class Agents : ILiveAgents
    {
        public HashSet<string> There { get; init; } = [];

        public Task<IReadOnlySet<string>?> HostnamesAsync(CancellationToken stop) =>
            Task.FromResult<IReadOnlySet<string>?>(There.ToHashSet());
    }
}
