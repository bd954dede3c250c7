using Microsoft.Playwright;
using Xunit;

namespace Agora.Tests.Live.Web;

/// <summary>Every page in a real browser, with a live cluster behind it.</summary>
public sealed class DashboardTests(DashboardCluster cluster) : IClassFixture<DashboardCluster>
{
    private static readonly int[] Widths = [1280, 400];
    private static readonly ColorScheme[] Schemes = [ColorScheme.Light, ColorScheme.Dark];

    /// <summary>Looks at a page wide and narrow, light and dark, and keeps a picture of each.</summary>
    /// <param name="path">With <c>{writer}</c>, <c>{waiter}</c> and <c>{agent}</c> for ids.</param>
    /// <param name="sees">What the page shows once it has read what it shows.</param>
    [Theory]
    [InlineData("cluster", "/", "Frameworks by dominant share", "telemetry")]
    [InlineData("frameworks", "/frameworks", "Frameworks", "telemetry")]
    [InlineData("framework", "/frameworks/{waiter}", "reports", "Declined last, and why")]
    [InlineData("agents", "/agents", "Agents", "node4")]
    [InlineData("agent", "/agents/{agent}", "Resources", "writer-1")]
    [InlineData("tasks", "/tasks", "Tasks", "broken-1")]
    [InlineData("task", "/tasks/{writer}/writer-1", "writer-1", "line 3")]
    [InlineData("failed-task", "/tasks/{waiter}/broken-1", "broken-1", "Exit code")]
    [InlineData("offers", "/offers", "Offers", "its data is not on")]
    [InlineData("jobs", "/jobs/office", "office", "report 2 waits for node9")]
    [InlineData("roles", "/roles", "Roles", "office")]
    [InlineData("sandbox", "/files/{agent}/{writer}/writer-1/", "Sandbox", "deep/")]
    [InlineData("file", "/files/{agent}/{writer}/writer-1/deep/er/file.txt", "file.txt", "inside")]
    [InlineData("reports", "/reports", "Reports", "SIMULATED")]
    [InlineData("report", "/reports/model", "model", "results.csv")]
    public async Task Page_is_shown_wide_and_narrow_light_and_dark_without_a_complaint(string name, string path, string heading, string sees)
    {
        var agent = cluster.Writer.Updates.First(u => u.TaskId.Value == "writer-1").AgentId;
        path = path.Replace("{writer}", cluster.Writer.Id?.Value, StringComparison.Ordinal)
            .Replace("{waiter}", cluster.Waiter.Id?.Value, StringComparison.Ordinal).Replace("{agent}", agent?.Value, StringComparison.Ordinal);
        foreach (var width in Widths)
        {
            foreach (var scheme in Schemes)
            {
                await using var looked = await LookedAt.Open(cluster, path, width, scheme);
                await looked.Heading(heading).First.WaitForAsync();
                await looked.Sees(sees);
                await looked.Keep($"{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
                await looked.AssertFits();
                looked.AssertNoComplaints();
            }
        }
    }

    [Fact]
    public async Task What_happens_is_seen_without_loading_the_page_again()
    {
        await using var looked = await LookedAt.Open(cluster, "/tasks");
        await looked.Sees("writer-1");
        var run = cluster.Agora("run", "--cpus", "0.1", "--mem", "32", "--name", "seen-live", "--", "sleep", "600");
        var link = looked.Page.GetByRole(AriaRole.Link, new() { Name = "run", Exact = true });
        await link.WaitForAsync();
        var framework = (await link.GetAttributeAsync("href"))!.Split('/')[2];
        await cluster.Agora("kill", "run", "--framework", framework);
        await run;
        await looked.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "run" }).Filter(new() { HasText = "killed" }).First.WaitForAsync();
        looked.AssertNoComplaints();
    }

    [Fact]
    public async Task A_log_grows_while_one_looks_at_it()
    {
        await using var looked = await LookedAt.Open(cluster, $"/tasks/{cluster.Writer.Id}/writer-2");
        var log = looked.Page.Locator("pre.log");
        await looked.Sees("line 1");
        var before = await log.InnerTextAsync();
        await looked.Page.WaitForFunctionAsync("length => document.querySelector('pre.log').innerText.length > length", before.Length);
        await looked.Page.GetByRole(AriaRole.Button, new() { Name = "stderr" }).ClickAsync();
        await looked.Sees("oops 1");
        looked.AssertNoComplaints();
    }

    [Fact]
    public async Task Keys_alone_lead_to_the_filter_and_on_to_what_it_finds()
    {
        await using var looked = await LookedAt.Open(cluster, "/agents");
        await looked.Sees("node4");
        await looked.Page.Keyboard.PressAsync("/");
        await looked.Page.Keyboard.TypeAsync("NODE3");
        await looked.Page.Locator("tbody tr").Filter(new() { HasText = "node4" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        var link = looked.Page.GetByRole(AriaRole.Link, new() { Name = "node3", Exact = true });
        for (var presses = 0; !await link.EvaluateAsync<bool>("e => e === document.activeElement"); presses++)
        {
            Assert.True(presses < 30, "Tab does not come to node3");
            await looked.Page.Keyboard.PressAsync("Tab");
        }
        await looked.Page.Keyboard.PressAsync("Enter");
        await looked.Heading("node3").WaitForAsync();
        looked.AssertNoComplaints();
    }

    [Fact]
    public async Task A_report_is_seen_as_it_was_written_and_runs_nothing()
    {
        await using var looked = await LookedAt.Open(cluster, "/reports/model");
        await looked.Page.GetByRole(AriaRole.Button, new() { Name = "As it was written" }).ClickAsync();
        var written = looked.Page.FrameLocator("iframe.written");
        await written.GetByRole(AriaRole.Heading, new() { Name = "model (simulated)" }).WaitForAsync();
        Assert.True(await written.Locator("img").First.EvaluateAsync<bool>("async image => { await image.decode(); return image.naturalWidth > 0 }"));
        // Of no origin, so that it could not reach the dashboard with a script of its own.
        Assert.Equal("null", await written.Locator("body").EvaluateAsync<string>("() => origin"));
        await looked.Keep("report-written-1280-light");
        looked.AssertNoComplaints();
    }

    [Fact]
    public async Task Without_reports_the_page_says_how_to_make_one_and_shows_it_when_it_is_there()
    {
        var away = cluster.Reports + "-away";
        Directory.Move(cluster.Reports, away);
        try
        {
            await using var looked = await LookedAt.Open(cluster, "/reports", 400);
            await looked.Sees($"--out {cluster.Reports}/macro");
            await looked.Keep("reports-none-400-light");
            await looked.AssertFits();
            Directory.Move(away, cluster.Reports);
            await looked.Page.GetByRole(AriaRole.Link, new() { Name = "model", Exact = true }).WaitForAsync();
            looked.AssertNoComplaints();
        }
        finally
        {
            if (Directory.Exists(away))
                Directory.Move(away, cluster.Reports);
        }
    }

    [Fact]
    public async Task A_reason_leads_to_the_agents_it_holds_for()
    {
        await using var looked = await LookedAt.Open(cluster, $"/frameworks/{cluster.Waiter.Id}");
        await looked.Page.Locator(".reasons button").First.ClickAsync();
        await looked.Page.Locator(".card tbody tr").First.WaitForAsync();
        looked.AssertNoComplaints();
    }
}
