using System.Text;
using Agora.Election;
using Agora.Election.Etcd;
using Agora.Election.Etcd.Wire;
using Agora.Election.ZooKeeper;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Election;

/// <summary>What leaders hand on, at a real etcd and a real ZooKeeper.</summary>
public sealed class LeaderStateTests
{
    private static readonly Uri A = new("http://127.0.0.1:1001");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<string?> Load(ILeaderState state) =>
        await state.LoadAsync(Cancellation).WaitAsync(Programs.Patience, Cancellation) is { } value ? Encoding.UTF8.GetString(value) : null;

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task A_leader_finds_what_the_one_before_has_stored(string kind)
    {
        await using var server = new ElectionServer(kind);
        foreach (var (before, after) in new[] { (null, "one"), ("one", "two"), ((string?)"two", "three") })
        {
            await using var candidate = server.Candidate(_ => { });
            var leads = await candidate.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
            Assert.Equal(before, await Load(leads.State!));
            await leads.State!.StoreAsync(Bytes("replaced"), Cancellation);
            await leads.State.StoreAsync(Bytes(after), Cancellation);
        }
    }

    [Fact]
    public async Task At_etcd_one_whose_lease_is_over_can_store_nothing_though_it_does_not_know()
    {
        await using var server = new ElectionServer("etcd");
        var location = (MasterLocation.InEtcd)server.Location;
        await using var candidate = server.Candidate(_ => { });
        var leads = await candidate.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        await leads.State!.StoreAsync(Bytes("mine"), Cancellation);
        using var client = new EtcdClient(location.Endpoints);
        var (first, _) = await client.FirstAsync(new EtcdKeys(location.Path), Cancellation);
        var lease = Convert.ToInt64(EtcdKeys.Text(first!.Key).Split('/')[^1], 16);
        await client.CallAsync((invoker, options) => new Lease.LeaseClient(invoker).LeaseRevokeAsync(new LeaseRevokeRequest { ID = lease }, options), Cancellation);
        var refused = await Assert.ThrowsAsync<IOException>(() => leads.State!.StoreAsync(Bytes("late"), Cancellation));
        Assert.Equal("this master leads no more", refused.Message);

        await using var second = server.Candidate(_ => { });
        var next = await second.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.Equal("mine", await Load(next.State!));
    }

    [Fact]
    public async Task At_ZooKeeper_one_after_whom_another_has_read_can_store_nothing()
    {
        await using var server = new ElectionServer("zk");
        var location = (MasterLocation.InZooKeeper)server.Location;
        using var one = new ZooKeeperSession(location.Servers, TimeSpan.FromSeconds(1), TimeProvider.System);
        using var two = new ZooKeeperSession(location.Servers, TimeSpan.FromSeconds(1), TimeProvider.System);
        await Task.WhenAll(one.ConnectedAsync(Cancellation), two.ConnectedAsync(Cancellation)).WaitAsync(Programs.Patience, Cancellation);
        await using var former = new ZooKeeperState(one, "/test/state", TimeProvider.System);
        await using var present = new ZooKeeperState(two, "/test/state", TimeProvider.System);
        Assert.Null(await Load(former));
        await former.StoreAsync(Bytes("mine"), Cancellation);
        Assert.Equal("mine", await Load(present));
        var refused = await Assert.ThrowsAsync<IOException>(() => former.StoreAsync(Bytes("late"), Cancellation));
        Assert.Equal("this master leads no more", refused.Message);
        await present.StoreAsync(Bytes("next"), Cancellation);
        one.Dispose();
        Assert.Equal("the session with ZooKeeper has ended", (await Assert.ThrowsAsync<IOException>(() => former.StoreAsync(Bytes("later"), Cancellation))).Message);
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task What_is_being_stored_while_the_server_is_away_is_stored_when_it_is_back_in_time_or_given_up(string kind)
    {
        await using var server = new ElectionServer(kind);
        await using var candidate = server.Candidate(_ => { });
        var leads = await candidate.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        await Load(leads.State!);
        await server.KillAsync();
        var storing = leads.State!.StoreAsync(Bytes("late"), leads.Lost);
        await Assert.ThrowsAnyAsync<Exception>(() => storing.WaitAsync(Programs.Patience, Cancellation));
        Assert.True(storing.IsCanceled || storing.Exception?.InnerException is IOException, $"{storing.Exception}");
        server.Restart();
        await using var second = server.Candidate(_ => { });
        var next = await second.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.Null(await Load(next.State!));
    }
}
