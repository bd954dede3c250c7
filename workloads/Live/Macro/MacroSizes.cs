namespace Agora.Workloads.Live.Macro;

/// <summary>Some jobs of the Facebook mix that are alike.</summary>
/// <param name="Kind">A subcommand of <see cref="MacroPrograms"/>.</param>
/// <param name="Maps">Blocks of its input.</param>
internal sealed record FacebookBin(string Type, string Kind, int Maps, int Reduces, int Jobs);

/// <summary>How large the mix is. The proportions are the paper's as far as four nodes allow.</summary>
/// <param name="Span">Seconds over which the Facebook mix and the batch jobs are submitted.</param>
/// <param name="FacebookLines">Lines of text that a map of the Facebook mix reads.</param>
/// <param name="LargeLines">Lines of text that a map of the large mix reads.</param>
/// <param name="Als">Arguments of the program for alternating least squares.</param>
/// <param name="Regression">Arguments of the program for logistic regression.</param>
/// <param name="SparkPause">Seconds between a Spark job's end and the next one.</param>
/// <param name="TachyonSmall">Edge of a small picture, in pixels.</param>
internal sealed record MacroSizes(
    double Span, IReadOnlyList<FacebookBin> Facebook, int FacebookLines, int LargeJobs, int LargeMaps, int LargeLines,
    int SparkJobs, string Als, string Regression, double SparkPause,
    int TachyonLargeJobs, int TachyonSmallJobs, int TachyonSmall, int TachyonLarge)
{
    private static readonly IReadOnlyList<FacebookBin> Bins =
    [
        new("selection (1 map)", "select", 1, 0, 5),
        new("text search (2)", "search", 2, 0, 2),
        new("aggregation (4)", "count", 4, 1, 2),
        new("selection (8)", "select", 8, 0, 2),
        new("aggregation (12)", "count", 12, 2, 1),
        new("text search (20)", "search", 20, 0, 1),
        new("join (20)", "join", 20, 2, 1),
    ];

    /// <summary>About a minute of static partitions.</summary>
    public static MacroSizes Quick { get; } = new(
        Span: 48, Bins, FacebookLines: 10_000, LargeJobs: 5, LargeMaps: 32, LargeLines: 16_000,
        SparkJobs: 3, Als: "als 200 2000 40 6 8", Regression: "lr 300000 20 12 8", SparkPause: 7,
        TachyonLargeJobs: 1, TachyonSmallJobs: 3, TachyonSmall: 1_000, TachyonLarge: 1_600);

    /// <summary>Some minutes.</summary>
    public static MacroSizes Usual { get; } = new(
        Span: 150, [.. Bins.Select(b => b with { Jobs = 3 * b.Jobs })], FacebookLines: 10_000, LargeJobs: 10, LargeMaps: 48, LargeLines: 16_000,
        SparkJobs: 5, Als: "als 200 2000 40 12 8", Regression: "lr 400000 20 20 8", SparkPause: 15,
        TachyonLargeJobs: 2, TachyonSmallJobs: 6, TachyonSmall: 1_200, TachyonLarge: 2_400);
}
