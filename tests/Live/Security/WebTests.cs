using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Security;

/// <summary>The pages of a guarded master, and what they are made of, are shown to who may see them.</summary>
[Collection(SharedGuardedCluster.Name)]
public sealed class WebTests(GuardedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client(AuthenticationHeaderValue? shown = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, CookieContainer = new CookieContainer() }) { BaseAddress = cluster.Master };
        client.DefaultRequestHeaders.Authorization = shown;
        return client;
    }

    private AuthenticationHeaderValue NameAndSecret(string principal)
    {
        var words = File.ReadAllText(cluster.FileOf(principal)).Trim().Split(' ');
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{words[0]}:{words[1]}")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tasks/x/y")]
    [InlineData("/assets/app.js")]
    [InlineData("/api/v1/state")]
    [InlineData("/api/v1/events")]
    [InlineData("/api/v1/agents/agent-1-1/files/sandbox")]
    [InlineData("/api/v1/reports")]
    [InlineData("/api/v1/reports/macro?file=report.html")]
    [InlineData("/metrics")]
    public async Task Nothing_is_shown_to_who_is_not_known(string path)
    {
        using var client = Client();
        using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Basic", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.Contains("agora dashboard", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var health = await client.GetAsync("/health", Cancellation);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task A_link_lets_in_once_and_begins_a_session()
    {
        var link = (await cluster.Agora(GuardedCluster.Alice, "dashboard")).Text.Trim();
        Assert.StartsWith($"{cluster.Master}login?token=", link, StringComparison.Ordinal);
        using var client = Client();
        using var login = await client.GetAsync(link, Cancellation);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        for (var look = 0; look < 2; look++)
        {
            using var state = await client.GetAsync("/api/v1/state", Cancellation);
            Assert.Equal(HttpStatusCode.OK, state.StatusCode);
        }
        using var other = Client();
        using var again = await other.GetAsync(link, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        Assert.Contains("used before", await again.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_give_a_name_and_its_secret()
    {
        using var known = Client(NameAndSecret(GuardedCluster.Alice));
        using var metrics = await known.GetAsync("/metrics", Cancellation);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        foreach (var wrong in new[] { NameAndSecret(GuardedCluster.Stranger), new("Basic", Convert.ToBase64String("alice:wrong"u8)), new("Basic", "!"), new("Bearer", "guess") })
        {
            using var refused = Client(wrong);
            using var answer = await refused.GetAsync("/metrics", Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task An_agent_s_secret_lets_nobody_look()
    {
        using var agent = Client(NameAndSecret(GuardedCluster.Nodes));
        using var refused = await agent.GetAsync("/api/v1/state", Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("not listed as framework or operator", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_shown_to_who_may_read_them()
    {
        await using var owned = cluster.Framework(GuardedCluster.Alice, new FrameworkInfo(null, "seen"));
        var offer = await owned.Offer();
        owned.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("writer", offer.AgentId, Resources.Of(0.1m, 32), "echo mine; exec sleep 1000")]));
        await owned.HearsOf("writer", TaskState.Running);
        var path = $"/api/v1/agents/{offer.AgentId}/files/sandbox/{owned.Id}/writer/stdout";
        using var alice = Client(NameAndSecret(GuardedCluster.Alice));
        await Programs.Until("its owner to read it", () => alice.GetStringAsync(path, Cancellation), text => text == "mine\n", text => text);
        using var bob = Client(NameAndSecret(GuardedCluster.Bob));
        using var refused = await bob.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("may not read-sandbox", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
