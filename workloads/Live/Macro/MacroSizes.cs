namespace Agora.Workloads.Live.Macro;

/// <summary>Some jobs of the Facebook mix that are alike.</summary>
/// <param name="Kind">A subcommand of <see cref="MacroPrograms"/>.</param>
/// <param name="Maps">Blocks of its input.</param>
/// <param name="Lines">Lines of text in a block.</param>
internal sealed record FacebookBin(string Type, string Kind, int Maps, int Reduces, int Jobs, int Lines);

/// <summary>How large the mix is. The proportions are the paper's as far as four nodes allow.</summary>
/// <param name="Span">Seconds over which the Facebook mix and the batch jobs are submitted.</param>
/// <param name="LargeLines">Lines of text that a map of the large mix reads.</param>
/// <param name="Als">Arguments of the program for alternating least squares.</param>
/// <param name="Regression">Arguments of the program for logistic regression.</param>
/// <param name="SparkPause">Seconds between a Spark job's end and the next one.</param>
/// <param name="TachyonSmall">Edge of a small picture, in pixels.</param>
internal sealed record MacroSizes(
    double Span, IReadOnlyList<FacebookBin> Facebook, int LargeJobs, int LargeMaps, int LargeLines,
    int SparkJobs, string Als, string Regression, double SparkPause,
    int TachyonLargeJobs, int TachyonSmallJobs, int TachyonSmall, int TachyonLarge)
{
    /// <summary>For maps of about a fifth of a second of processor time, whatever they do.</summary>
    private const int SelectLines = 15_000, SearchLines = 4_000, CountLines = 6_000;

    private static readonly IReadOnlyList<FacebookBin> Bins =
    [
        new("selection (1 map)", "select", 1, 0, 5, SelectLines),
        new("text search (2)", "search", 2, 0, 2, SearchLines),
        new("aggregation (4)", "count", 4, 1, 2, CountLines),
        new("selection (6)", "select", 6, 0, 2, SelectLines),
        new("aggregation (8)", "count", 8, 2, 1, CountLines),
        new("text search (16)", "search", 16, 0, 1, SearchLines),
        new("join (16)", "join", 16, 2, 1, CountLines),
    ];

    /// <summary>About a minute of static partitions.</summary>
    public static MacroSizes Quick { get; } = new(
        Span: 52, Bins, LargeJobs: 3, LargeMaps: 40, LargeLines: 2_500,
        SparkJobs: 3, Als: "als 200 2000 40 6 8", Regression: "lr 300000 20 12 8", SparkPause: 7,
        TachyonLargeJobs: 1, TachyonSmallJobs: 3, TachyonSmall: 850, TachyonLarge: 1_300);

    /// <summary>Jobs of some seconds, to be run again and again.</summary>
    public static MacroSizes Small { get; } = new(
        Span: 30, [.. Bins.Where(b => b.Maps is 1 or 4 or 6 or 16 && b.Kind != "search").Select(b => b with { Jobs = 1, Lines = b.Lines / 2 })],
        LargeJobs: 1, LargeMaps: 16, LargeLines: 2_500, SparkJobs: 3, Als: "als 100 1000 20 4 8", Regression: "lr 100000 20 10 8", SparkPause: 2,
        TachyonLargeJobs: 1, TachyonSmallJobs: 2, TachyonSmall: 600, TachyonLarge: 900);

    /// <summary>Some minutes.</summary>
    public static MacroSizes Usual { get; } = new(
        Span: 150, [.. Bins.Select(b => b with { Jobs = 3 * b.Jobs })], LargeJobs: 6, LargeMaps: 80, LargeLines: 2_500,
        SparkJobs: 5, Als: "als 200 2000 40 12 8", Regression: "lr 400000 20 20 8", SparkPause: 15,
        TachyonLargeJobs: 2, TachyonSmallJobs: 6, TachyonSmall: 1_200, TachyonLarge: 2_400);
}
