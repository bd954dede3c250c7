using System.Net;
using System.Text.Json;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Web;

public sealed class TwoMasters : LiveCluster
{
    // Whom it lets in is tested elsewhere; here anybody may look.
    protected override string[] Options => ["--agents", "1", "--masters", "2", "--insecure"];
}

public sealed class StandbyTests(TwoMasters cluster) : IClassFixture<TwoMasters>
{
    [Fact]
    public async Task The_pages_of_a_master_that_stands_by_lead_to_those_of_the_one_that_leads()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        var masters = (await cluster.Json("status")).GetProperty("masters").EnumerateArray()
            .Select(m => (Url: new Uri(m.GetProperty("url").GetString()!), Leads: m.GetProperty("leads").GetBoolean())).ToList();
        var leader = masters.Single(m => m.Leads).Url;
        var standby = masters.Single(m => !m.Leads).Url;

        using var page = await http.GetAsync(new Uri(standby, "/tasks"), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.TemporaryRedirect, new Uri(leader, "/tasks")), (page.StatusCode, page.Headers.Location));
        using var led = await http.GetAsync(new Uri(leader, "/tasks"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, led.StatusCode);
        var ready = JsonDocument.Parse(await http.GetStringAsync(new Uri(standby, "/ready"), TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(("stands by", leader), (ready.GetProperty("master").GetString(), new Uri(ready.GetProperty("leader").GetString()!)));
        var metrics = await http.GetStringAsync(new Uri(standby, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains(metrics.Split('\n'), l => l.StartsWith("agora_master_elected", StringComparison.Ordinal) && l.EndsWith(" 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_versions_of_HTTP_are_spoken_on_one_port()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(cluster.Master, "/health")) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, version), (response.StatusCode, response.Version));
        }
        // And gRPC over the latter.
        Assert.Single((await cluster.Json("agents")).EnumerateArray());
    }
}
