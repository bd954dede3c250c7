using Agora.Election;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Election;

/// <summary>Candidates of one process, at a real etcd and a real ZooKeeper.</summary>
public sealed class ElectionTests
{
    private static readonly Uri A = new("http://127.0.0.1:1001"), B = new("http://127.0.0.1:1002");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task One_leads_at_a_time_and_who_leads_next_has_a_greater_epoch(string kind)
    {
        await using var server = new ElectionServer(kind);
        await using var finder = server.Location.CreateFinder();
        var first = server.Candidate(_ => { });
        var leads = await first.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.Equal(A, await finder.FindAsync(null, Cancellation));

        var left = finder.AnotherLeadsAsync(A, Cancellation);
        await using var second = server.Candidate(_ => { });
        var waits = second.CampaignAsync(B, Cancellation);
        // One that leads gives up another's place only with its own.
        Assert.Equal(A, await finder.FindAsync(B, Cancellation));
        Assert.False(leads.Lost.IsCancellationRequested);
        Assert.False(waits.IsCompleted);
        Assert.False(left.IsCompleted);

        await first.DisposeAsync();
        Assert.True(leads.Lost.IsCancellationRequested);
        var next = await waits.WaitAsync(Programs.Patience, Cancellation);
        Assert.True(next.Epoch > leads.Epoch, $"{leads.Epoch}, then {next.Epoch}");
        Assert.Equal(B, await finder.FindAsync(null, Cancellation));
        await left.WaitAsync(Programs.Patience, Cancellation);
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task Who_waits_for_its_turn_is_not_turned_away(string kind)
    {
        await using var server = new ElectionServer(kind);
        await using var first = server.Candidate(_ => { });
        await first.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        var complaint = new TaskCompletionSource<string>();
        await using (var second = server.Candidate(said => complaint.TrySetResult(said)))
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var waits = second.CampaignAsync(B, over.Token);
            // Long enough for several signs of life on a stream that is silent otherwise.
            var told = await Task.WhenAny(complaint.Task, Task.Delay(TimeSpan.FromSeconds(15), Cancellation));
            Assert.True(told != complaint.Task, told == complaint.Task ? await complaint.Task : "");
            await over.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        }
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task Who_can_no_longer_renew_its_lease_stops_leading_and_leads_again_with_a_greater_epoch(string kind)
    {
        await using var server = new ElectionServer(kind);
        await using var candidate = server.Candidate(_ => { });
        var leads = await candidate.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        await server.KillAsync();
        var lost = new TaskCompletionSource();
        await using var told = leads.Lost.Register(lost.SetResult);
        await lost.Task.WaitAsync(Programs.Patience, Cancellation);

        await using var finder = server.Location.CreateFinder();
        Assert.Equal(B, await finder.FindAsync(B, Cancellation));
        // While the service is away nobody is left for that.
        var left = finder.AnotherLeadsAsync(B, Cancellation);
        server.Restart();
        await using var again = server.Candidate(_ => { });
        var next = await again.CampaignAsync(A, Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.True(next.Epoch > leads.Epoch, $"{leads.Epoch}, then {next.Epoch}");
        await left.WaitAsync(Programs.Patience, Cancellation);
    }

    [Fact]
    public async Task A_master_that_is_alone_leads_at_once_and_each_start_has_a_greater_epoch()
    {
        var directory = Directory.CreateTempSubdirectory("agora-alone-").FullName;
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            await using var alone = new StandaloneElection(directory);
            var leads = await alone.CampaignAsync(A, Cancellation);
            Assert.Equal((epoch, false), (leads.Epoch, leads.Lost.CanBeCanceled));
        }
        Directory.Delete(directory, recursive: true);
    }
}
