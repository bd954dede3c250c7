using System.Diagnostics;
using Agora.Election;
using Agora.Tests.Live.Cluster;
using Agora.Tests.Live.Containers;
using Xunit;

namespace Agora.Tests.Live.Election;

[Collection(ProcessTests.Name)]
public sealed class BusyLeaderTests
{
    /// <summary>More than the pool makes threads for, meanwhile.</summary>
    private const int Work = 500;

    private static readonly TimeSpan ThreeTerms = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_leader_whose_thread_pool_is_full_keeps_its_lease()
    {
        await using var server = new ElectionServer("etcd");
        await using var candidate = server.Candidate(_ => { });
        var leads = await candidate.CampaignAsync(new Uri("http://127.0.0.1:1001"), TestContext.Current.CancellationToken)
            .WaitAsync(Programs.Patience, TestContext.Current.CancellationToken);
        using var done = new CountdownEvent(Work);
        using var release = new ManualResetEventSlim();
        for (var i = 0; i < Work; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                release.Wait();
                done.Signal();
            }, null);
        }
        try
        {
            Assert.False(leads.Lost.WaitHandle.WaitOne(ThreeTerms));
            Assert.Contains("\"ID\"", Leases(((MasterLocation.InEtcd)server.Location).Endpoints[0]), StringComparison.Ordinal);
        }
        finally
        {
            release.Set();
            done.Wait(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As etcd tells them, without a thread of the pool.</summary>
    private static string Leases(Uri etcd)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-s", "-d", "{}", $"{new Uri(etcd, "/v3/lease/leases")}"]) { RedirectStandardOutput = true })!;
        return curl.StandardOutput.ReadToEnd();
    }
}
