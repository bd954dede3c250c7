using System.Net;
using System.Text.Json;
using Agora.Daemon.Files;
using Agora.Tests.Fast.Cluster;
using Agora.Tests.Fast.Daemon;
using Agora.Web;
using Xunit;

namespace Agora.Tests.Fast.Web;

/// <summary>Reports of experiments over real HTTP, from real files.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private const string Macro = """{"experiment":"macro","mode":"simulated","seed":7,"machine":"m","rows":[{"metric":"speed-up","unit":"times","agora":1.5,"anchor":1.14,"anchorSource":"paper","ratio":1.3}]}""";

    private readonly TemporaryDirectory _outside = new();
    private LocalServer _server = null!;

    private string Place => _outside["reports"];

    public async ValueTask InitializeAsync() => _server = await LocalServer.Start(app => app.MapDashboard(),
        builder => builder.Services.AddDashboard(new BenchSource(new MasterBench()), _ => new Anybody(), new ReportFiles(Place)));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _outside.Dispose();
    }

    private void Write(string path, string text) => _outside.Write(Path.Combine("reports", path), text);

    private Task<HttpResponseMessage> Ask(string path) => _server.Client.GetAsync(path, TestContext.Current.CancellationToken);

    private async Task<JsonElement> Get(string path)
    {
        using var response = await Ask(path);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static List<string> Ids(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];

    [Fact]
    public async Task A_directory_that_is_not_there_yet_has_no_reports_and_is_named()
    {
        var list = await Get("/api/v1/reports");
        Assert.Equal((0, Place), (list.GetProperty("total").GetInt32(), list.GetProperty("directory").GetString()));
        Write("macro/results.json", Macro);
        Assert.Equal(["macro"], Ids(await Get("/api/v1/reports")));
    }

    [Fact]
    public async Task Reports_are_found_in_the_directory_and_one_below_and_say_whether_they_are_live()
    {
        Write("macro/results.json", Macro);
        Write("everything/report.html", "<p>all</p>");
        Write("everything/scale/results.json", Macro.Replace("macro", "scale", StringComparison.Ordinal).Replace("simulated", "live", StringComparison.Ordinal));
        Write("everything/scale/deeper/results.json", Macro);
        Write("bin/program.dll", "no report");
        Write("broken/results.json", "{\"experiment\":");
        var list = await Get("/api/v1/reports?sort=id");
        Assert.Equal(["broken", "everything", "everything/scale", "macro"], Ids(list));
        // A page of several experiments is of the mode that they are of.
        Assert.Equal([("broken", ""), ("all", "live"), ("scale", "live"), ("macro", "simulated")],
            list.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("experiment").GetString()!, i.GetProperty("mode").GetString()!)));
        Assert.Equal(["macro"], Ids(await Get("/api/v1/reports?q=MACRO")));
    }

    [Fact]
    public async Task A_report_has_its_figures_and_its_files()
    {
        Write("macro/results.json", Macro);
        Write("macro/shares.png", "picture");
        Write("macro/agents.log", "secret");
        var report = await Get("/api/v1/reports/macro");
        Assert.Equal(["results.json", "shares.png"], report.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("name").GetString()!));
        Assert.Equal(1.5, report.GetProperty("results").GetProperty("rows")[0].GetProperty("agora").GetDouble());
        using var picture = await Ask("/api/v1/reports/macro?file=shares.png");
        Assert.Equal(("image/png", "picture"), (picture.Content.Headers.ContentType?.MediaType, await picture.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_report_s_page_may_run_nothing_and_is_framed_by_the_dashboard_alone()
    {
        Write("macro/report.html", "<script>steal()</script>");
        using var page = await Ask("/api/v1/reports/macro?file=report.html");
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("sandbox; default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("macro?file=../outside.json")]
    [InlineData("macro?file=%2Fetc%2Fhostname")]
    [InlineData("macro?file=linked.json")]
    [InlineData("macro?file=inner.json")]
    [InlineData("macro?file=agents.log")]
    [InlineData("macro?file=")]
    [InlineData("linked")]
    [InlineData("linked?file=results.json")]
    [InlineData("..%2Foutside")]
    [InlineData("macro%2F..%2F..%2Foutside")]
    [InlineData("%2Fetc")]
    [InlineData("macro/raw/deep")]
    [InlineData("raw")]
    public async Task No_path_leads_out_of_the_directory_or_to_what_is_no_report(string path)
    {
        Write("macro/results.json", Macro);
        Write("macro/agents.log", "secret");
        Write("macro/raw/deep/results.json", Macro);
        Write("raw/data.csv", "secret");
        _outside.Write("outside/results.json", Macro);
        _outside.Write("outside.json", "secret");
        File.CreateSymbolicLink(Path.Combine(Place, "linked"), _outside["outside"]);
        File.CreateSymbolicLink(Path.Combine(Place, "macro", "linked.json"), _outside["outside.json"]);
        File.CreateSymbolicLink(Path.Combine(Place, "macro", "inner.json"), "results.json");
        using var response = await Ask($"/api/v1/reports/{path}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["macro"], Ids(await Get("/api/v1/reports")));
    }
}
