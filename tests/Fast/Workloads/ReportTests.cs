using Agora.Workloads.Reports;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

public sealed class ReportTests
{
    [Fact]
    public void One_page_holds_the_tables_pictures_and_notes_of_all_experiments_and_needs_nothing_else()
    {
        var html = HtmlReport.Of([(Of("first"), Findings("one < two")), (Of("second"), Findings("three"))]);
        Assert.Contains("href=\"#first\"", html, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"second\">second (live)</h2>", html, StringComparison.Ordinal);
        Assert.Contains("one &lt; two", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("src=\"data:image/png;base64,").Length - 1);
        Assert.DoesNotContain("src=\"http", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_of_both_modes_at_once_is_refused()
    {
        var command = ExperimentCommand.Create(new Nothing(Mode.Simulated), new Nothing(Mode.Live));
        var error = Assert.Single(command.Parse("--simulated --live").Errors);
        Assert.Contains("never mixes the two", error.Message, StringComparison.Ordinal);
        Assert.Empty(command.Parse("--live").Errors);
    }

    private static Report Of(string name) => new(name, "live", 1, [new Row("time", "s", 2, 4, "a paper")]);

    private static Findings Findings(string note) => new([], [], [note])
    {
        Pictures = [Picture.Stack("areas", "who has what", "time (s)", "all (%)", [0, 1, 2], [("a", [10, 20, 30]), ("b", [5, 5, 5])], 100, "what to see")],
    };

    private sealed class Nothing(Mode mode) : IExperiment
    {
        public string Name => "nothing";
        public string Description => "Measures nothing.";
        public Mode Mode => mode;

        public Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation) =>
            Task.FromResult(new Findings([], [], []));
    }
}
