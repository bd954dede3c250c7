using System.Net;
using System.Text.Json;
using Agora.Tests.Fast.Cluster;
using Agora.Tests.Fast.Daemon;
using Agora.Web;
using Xunit;

namespace Agora.Tests.Fast.Web;

/// <summary>The API over real HTTP, with a real master behind it.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly MasterBench _bench = new();
    private readonly BenchSource _source;
    private LocalServer _server = null!;

    public ApiTests() => _source = new BenchSource(_bench);

    public async ValueTask InitializeAsync() =>
        _server = await LocalServer.Start(app => app.MapDashboard(), builder => builder.Services.AddDashboard(_source, _ => new Anybody()));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<JsonElement> Get(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await _server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static List<string?> Each(JsonElement list, string name) => [.. list.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(name).GetString())];

    [Fact]
    public async Task The_state_has_totals_counters_and_the_frameworks_by_share()
    {
        _bench.Register("node1", "cpus:4;mem:1024");
        var small = _bench.Subscribe("small");
        _bench.Pass();
        small.Launch("t1", "cpus:1;mem:128");
        var state = await Get("/api/v1/state");
        Assert.Equal(4, state.GetProperty("total").GetProperty("cpus").GetDecimal());
        Assert.Equal(1, state.GetProperty("agents").GetProperty("active").GetInt32());
        Assert.Equal((1, 1), (state.GetProperty("tasks").GetProperty("live").GetInt32(), state.GetProperty("tasks").GetProperty("launched").GetInt32()));
        var framework = Assert.Single(state.GetProperty("frameworks").EnumerateArray());
        Assert.Equal(("small", 0.25), (framework.GetProperty("name").GetString(), framework.GetProperty("dominantShare").GetDouble()));
    }

    [Fact]
    public async Task Lists_are_given_in_parts_sorted_and_searched()
    {
        foreach (var i in Enumerable.Range(1, 12))
            _bench.Register($"node{i}", $"cpus:{i};mem:1024");
        var part = await Get("/api/v1/agents?sort=hostname&offset=1&limit=3");
        // Numbers in names count as numbers: node2 before node10.
        Assert.Equal((12, 1), (part.GetProperty("total").GetInt32(), part.GetProperty("offset").GetInt32()));
        Assert.Equal(["node2", "node3", "node4"], Each(part, "hostname"));
        Assert.Equal(["node12", "node11"], Each(await Get("/api/v1/agents?sort=-cpus&limit=2"), "hostname"));
        Assert.Equal(["node10", "node11", "node12"], Each(await Get("/api/v1/agents?q=NODE1&sort=hostname&offset=1"), "hostname"));
        Assert.Equal(0, (await Get("/api/v1/agents?q=nowhere")).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("/api/v1/agents?offset=-1", "offset '-1'")]
    [InlineData("/api/v1/agents?offset=x", "offset 'x'")]
    [InlineData("/api/v1/agents?limit=1001", "1000")]
    [InlineData("/api/v1/agents?sort=color", "cpus")]
    [InlineData("/api/v1/tasks?state=Sleeping", "Running")]
    [InlineData("/api/v1/shares?window=1y", "10m")]
    public async Task What_is_asked_wrongly_is_refused_with_what_is_right(string path, string says) =>
        Assert.Contains(says, (await Get(path, HttpStatusCode.BadRequest)).GetProperty("error").GetString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("/api/v1/agents/agent-1-99")]
    [InlineData("/api/v1/frameworks/none")]
    [InlineData("/api/v1/frameworks/none/why")]
    [InlineData("/api/v1/frameworks/none/page")]
    [InlineData("/api/v1/frameworks/none/tasks/none")]
    [InlineData("/api/v1/agents/none/files/shared/x")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/assets/none.js")]
    [InlineData("/assets/vendor/htm.LICENSE")]
    public async Task What_there_is_not_is_said_not_to_be_there(string path) =>
        Assert.NotEmpty((await Get(path, HttpStatusCode.NotFound)).GetProperty("error").GetString()!);

    [Fact]
    public async Task Tasks_are_found_by_framework_agent_and_state_and_counted_by_state()
    {
        var agent = _bench.Register("node1", "cpus:4;mem:1024");
        var framework = _bench.Subscribe("f");
        _bench.Pass();
        framework.Accept(framework.Offer, Tasks.Command("t1", agent.Id), Tasks.Command("t2", agent.Id));
        agent.Report(framework, "t1", TaskState.Running);
        var all = await Get($"/api/v1/tasks?framework={framework.Id}&agent={agent.Id}&state=Running");
        Assert.Equal(["t1"], Each(all, "id"));
        Assert.Equal((1, 1), (all.GetProperty("states").GetProperty("Running").GetInt32(), all.GetProperty("states").GetProperty("Staging").GetInt32()));
        // The newest first.
        Assert.Equal(["t2", "t1"], Each(await Get("/api/v1/tasks?state=live"), "id"));
        Assert.Empty(Each(await Get("/api/v1/tasks?framework=other"), "id"));
        var one = await Get($"/api/v1/frameworks/{framework.Id}/tasks/t1");
        Assert.Contains("Running on node1", one.GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Equal("t1", one.GetProperty("task").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Why_a_framework_gets_no_more_is_told_by_reasons_that_add_up_to_the_agents()
    {
        _bench.Register("node1");
        _bench.Register("node2");
        var framework = _bench.Subscribe("picky", filters: new FrameworkFilters(OnlyAgents: ["agent-1-2"]));
        _bench.Pass();
        var why = await Get($"/api/v1/frameworks/{framework.Id}/why?reason=NotInList");
        Assert.Equal(2, why.GetProperty("agents").GetInt32());
        Assert.Equal(2, why.GetProperty("reasons").EnumerateObject().Sum(r => r.Value.GetInt32()));
        Assert.Equal(["node1"], Each(why, "hostname"));
        Assert.Contains("picky", why.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Declines_of_all_frameworks_are_told_with_their_reasons()
    {
        _bench.Register("node1");
        var framework = _bench.Subscribe("waits");
        _bench.Pass();
        framework.Decline(framework.Offer, reason: "its data is elsewhere");
        Assert.Equal(["its data is elsewhere"], Each(await Get("/api/v1/declines"), "reason"));
    }

    [Fact]
    public async Task What_a_framework_shows_of_itself_is_passed_on_and_outlives_it()
    {
        var framework = _bench.Subscribe("shows");
        framework.Call(new SchedulerCall.Publish("mine", "{\"title\":\"Jobs\"}"));
        _bench.Subscribe("shows nothing");
        var page = Assert.Single((await Get("/api/v1/pages")).GetProperty("items").EnumerateArray());
        Assert.Equal(("shows", "mine", "Active"), (page.GetProperty("name").GetString(), page.GetProperty("kind").GetString(), page.GetProperty("condition").GetString()));
        Assert.Equal("Jobs", (await Get($"/api/v1/frameworks/{framework.Id}/page")).GetProperty("title").GetString());
        framework.Call(new SchedulerCall.Teardown());
        Assert.Equal(FrameworkCondition.Completed, Assert.Single(_bench.Machine.Pages()).Condition);
    }

    [Fact]
    public async Task Cells_have_a_character_for_each_agent()
    {
        _bench.Register("idle", "cpus:4;mem:1024");
        _bench.Pass();
        var framework = _bench.Subscribe("f");
        _bench.Pass();
        framework.Launch("t1", "cpus:4;mem:128");
        _bench.Register("idler").Disconnect();
        Assert.Equal("9d", (await Get("/api/v1/cells")).GetProperty("cells").GetString());
    }

    [Fact]
    public async Task A_master_that_stands_by_sends_to_the_one_that_leads()
    {
        (_source.Leads, _source.Leader) = (false, new Uri("http://10.0.0.7:5050"));
        foreach (var path in (string[])["/", "/tasks/f-1/t-1", "/api/v1/agents?q=a%20b&limit=2"])
        {
            using var response = await _server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.TemporaryRedirect, $"http://10.0.0.7:5050{path}"), (response.StatusCode, response.Headers.Location?.AbsoluteUri));
        }
        Assert.Equal("http://10.0.0.7:5050/", (await Get("/ready")).GetProperty("leader").GetString());
        Assert.Equal("stands by", (await Get("/health")).GetProperty("master").GetString());
    }

    [Fact]
    public async Task While_no_master_leads_it_is_alive_and_not_ready()
    {
        _source.Leads = false;
        Assert.Contains("no master leads", (await Get("/api/v1/state", HttpStatusCode.ServiceUnavailable)).GetProperty("error").GetString(), StringComparison.Ordinal);
        await Get("/ready", HttpStatusCode.ServiceUnavailable);
        await Get("/health");
    }

    [Fact]
    public async Task A_leader_is_alive_and_ready()
    {
        Assert.Equal("leads", (await Get("/ready")).GetProperty("master").GetString());
        Assert.Equal("leads", (await Get("/health")).GetProperty("master").GetString());
    }

    [Fact]
    public async Task Every_page_is_there_and_may_load_nothing_from_elsewhere()
    {
        foreach (var path in (string[])["/", "/frameworks", "/frameworks/f-1", "/agents", "/agents/agent-1-1", "/tasks", "/tasks/f-1/t", "/roles", "/offers", "/files/a/f/t/dir/file"])
        {
            using var response = await _server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_page_without_an_icon_of_its_own_finds_one()
    {
        using var icon = await _server.Client.GetAsync("/favicon.ico", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "image/svg+xml"), (icon.StatusCode, icon.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Files_of_pages_are_sent_once_and_not_again_while_they_are_the_same()
    {
        using var first = await _server.Client.GetAsync("/assets/app.js", TestContext.Current.CancellationToken);
        Assert.Equal("text/javascript", first.Content.Headers.ContentType?.MediaType);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/app.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _server.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Metrics_tell_the_clusters_figures_to_Prometheus()
    {
        _bench.Register("node1", "cpus:4;mem:1024");
        var framework = _bench.Subscribe("measured");
        _bench.Pass();
        framework.Launch("t1", "cpus:1;mem:128");
        var text = await _server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        string Line(params string[] parts) => Assert.Single(text.Split('\n'), l => !l.StartsWith('#') && parts.All(p => l.Contains(p, StringComparison.Ordinal)));
        Assert.EndsWith(" 1", Value(Line("agora_master_elected")), StringComparison.Ordinal);
        Assert.EndsWith(" 4", Value(Line("agora_master_cpus{", "state=\"total\"")), StringComparison.Ordinal);
        Assert.EndsWith(" 1", Value(Line("agora_master_agents{", "condition=\"active\"")), StringComparison.Ordinal);
        Assert.EndsWith(" 1", Value(Line("agora_master_tasks_launched_total")), StringComparison.Ordinal);
        Assert.EndsWith(" 0.25", Value(Line("agora_framework_share{", "framework=\"measured\"")), StringComparison.Ordinal);
    }

    /// <summary>A line of Prometheus's text without the time that may stand at its end.</summary>
    private static string Value(string line)
    {
        var words = line[(line.IndexOf('}') + 1)..].Trim().Split(' ');
        return line.Contains('}') ? $" {words[0]}" : $" {words[1]}";
    }

    [Fact]
    public async Task Events_bring_the_state_at_once_and_again_and_again()
    {
        using var response = await _server.Client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        for (var seen = 0; seen < 2; seen++)
        {
            Assert.Equal("event: state", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            var data = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, JsonDocument.Parse(data!["data: ".Length..]).RootElement.GetProperty("epoch").GetInt32());
            Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Frameworks_of_one_name_are_one_series()
    {
        _bench.Register("node1", "cpus:4;mem:1024");
        foreach (var task in (string[])["t1", "t2"])
        {
            var framework = _bench.Subscribe("twice");
            _bench.Pass();
            framework.Launch(task, "cpus:1;mem:128");
        }
        JsonElement shares;
        do
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            shares = await Get("/api/v1/shares");
        } while (shares.GetProperty("series").GetArrayLength() == 0);
        Assert.Equal(0.5, Assert.Single(shares.GetProperty("series").EnumerateArray()).GetProperty("values").EnumerateArray().Last().GetDouble());
    }

    [Fact]
    public async Task Shares_over_time_are_told_once_there_are_some()
    {
        _bench.Register("node1", "cpus:4;mem:1024");
        var framework = _bench.Subscribe("seen");
        _bench.Pass();
        framework.Launch("t1", "cpus:2;mem:128");
        // The server began to look before there was anything to see.
        JsonElement shares;
        while ((shares = await Get("/api/v1/shares?window=10m&resource=cpus")).GetProperty("series").GetArrayLength() == 0)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        var series = Assert.Single(shares.GetProperty("series").EnumerateArray());
        Assert.Equal(("seen", 0.5), (series.GetProperty("name").GetString(), series.GetProperty("values").EnumerateArray().Last().GetDouble()));
    }
}
