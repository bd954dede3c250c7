using Agora.Workloads.Isolation;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

public sealed class IsolationTests
{
    [Fact]
    public void A_slow_down_is_of_medians_and_of_what_95_of_100_do_not_exceed()
    {
        // 1 to 100 ms alone, twice that beside the hog but for the last six, which take a second.
        List<double> alone = [.. Enumerable.Range(1, 100).Select(i => (double)i)];
        var held = new HogTimes("cgroups", alone, [.. alone.Select(t => t > 94 ? 1_000 : 2 * t)]);
        Assert.Equal(2, held.SlowDown, 6);
        Assert.Equal(95, HogTimes.Tail(alone), 6);
        Assert.Equal(1_000 / 95.0, held.TailSlowDown, 6);

        var rows = IsolationExperiment.Find(held, held, held, new EaterResult("Failed", "MemoryLimit", "", 250), [51, 102, 204], 3.1, 0.49).Rows.ToDictionary(r => r.Metric);
        Assert.Equal((2, 1.3), (rows["slow-down-isolated"].Agora, rows["slow-down-isolated"].Anchor));
        // The median of 1 to 100 is taken as 51.
        Assert.Equal(2, rows["slow-down-beside-eater"].Agora, 6);
        Assert.Equal(3.1 / 3, rows["weights-1-to-3"].Ratio!.Value, 6);
    }

    [Fact]
    public void What_became_of_a_task_is_read_from_what_agora_tasks_prints()
    {
        const string tasks = """
            [{"name":"eater","state":"Running","history":[]},
             {"name":"eater","state":"Failed","history":[{"reason":"None","message":""},
               {"reason":"MemoryLimit","message":"too much","usage":{"cpuSeconds":1,"memBytes":0,"memPeakBytes":3145728}}]},
             {"name":"other","state":"Running","history":[]}]
            """;
        Assert.Equal(new EaterResult("Failed", "MemoryLimit", "too much", 3), EaterResult.Parse(tasks, "eater"));
    }

    [Fact]
    public void Pages_are_made_of_their_markup()
    {
        var html = WikiPage.Html("== a & b ==\nplain '''bold''' and ''slanted'' text, [[c|d & e]]\n* one\n");
        Assert.Contains("<h2 id=\"a &amp; b\">a &amp; b</h2>", html, StringComparison.Ordinal);
        Assert.Contains("<p>plain <b>bold</b> and <i>slanted</i> text, <a href=\"/wiki/c\">d &amp; e</a></p>", html, StringComparison.Ordinal);
        Assert.Contains("<ul><li>one</li></ul>", html, StringComparison.Ordinal);
        Assert.NotEqual(WikiPage.Article(0), WikiPage.Article(1));
        Assert.Equal(WikiPage.Article(1), WikiPage.Article(1));
    }
}
