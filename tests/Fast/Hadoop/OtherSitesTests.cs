using System.Net;
using System.Text.Json;
using Agora.Hadoop.Store;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>What a page of another site can make a browser send to the store.</summary>
public sealed class OtherSitesTests : IAsyncLifetime
{
    private const string Changing = "/webhdfs/v1/user?op=MKDIRS&user.name=root", Kept = "/webhdfs/v1/user?op=GETFILESTATUS&user.name=root";

    private readonly string _root = Directory.CreateTempSubdirectory("agora-store").FullName;
    private StoreHost _host = null!;
    private HttpClient _http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await StoreHost.StartAsync(new StoreOptions(_root, ["node1"]) { Superuser = "root" }, 0, TimeProvider.System);
        _http = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = _host.Address };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private Task<HttpResponseMessage> Send(string method, string target, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), target);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request, Stop);
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Origin", "https://elsewhere.example:8443")]
    [InlineData("Origin", "null")]
    // Another port of this machine is another user's page.
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Changes_that_a_page_of_another_site_makes_a_browser_send_are_refused(string header, string value)
    {
        foreach (var (method, target) in new[]
        {
            ("PUT", "/webhdfs/v1/made?op=MKDIRS&user.name=root"), ("PUT", "/webhdfs/v1/made?op=CREATE&user.name=root"),
            ("PUT", "/webhdfs/v1/made?op=CREATE&user.name=root&datanode=node1"), ("POST", "/webhdfs/v1/made?op=APPEND&user.name=root"),
            ("DELETE", "/webhdfs/v1/user?op=DELETE&recursive=true&user.name=root"),
        })
        {
            using var answer = await Send(method, target, (header, value));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            var refusal = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("RemoteException");
            Assert.Equal("org.apache.hadoop.security.AccessControlException", refusal.GetProperty("javaClassName").GetString());
            Assert.Contains("pages of other sites may change nothing", refusal.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
        using var kept = await Send("GET", Kept);
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        using var made = await Send("GET", "/webhdfs/v1/made?op=GETFILESTATUS&user.name=root");
        Assert.Equal(HttpStatusCode.NotFound, made.StatusCode);
    }

    [Fact]
    public async Task Programs_and_the_store_s_own_pages_change_what_they_may()
    {
        using var program = await Send("PUT", Changing);
        Assert.Equal(HttpStatusCode.OK, program.StatusCode);
        using var own = await Send("PUT", Changing, ("Origin", _host.Address.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        using var typed = await Send("PUT", Changing, ("Sec-Fetch-Site", "none"));
        Assert.Equal(HttpStatusCode.OK, typed.StatusCode);
    }

    [Theory]
    [InlineData(Kept)]
    [InlineData("/webhdfs/v1/missing?op=OPEN")]
    [InlineData("/fsck")]
    [InlineData("/nothing")]
    public async Task Browsers_are_told_to_run_frame_and_hand_on_nothing_of_it(string target)
    {
        using var answer = await Send("GET", target, ("Origin", "http://elsewhere.example"));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("sandbox; default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
