namespace Agora.Workloads.Simulated.Macro;

/// <summary>A kind of job of table 3, and what its tasks take beside their data.</summary>
/// <param name="Jobs">How many of them there are.</param>
internal sealed record HadoopType(string Name, int Maps, int Reduces, int Jobs, TimeSpan Map, TimeSpan Reduce)
{
    /// <summary>
    /// The Facebook mix. The paper gives maps, reduces and jobs; what a task takes is ours, fitted so that the jobs take on a
    /// static partition about what table 5 says they took there, all jobs of the mix together.
    /// </summary>
    public static readonly IReadOnlyList<HadoopType> Facebook =
    [
        Of("selection-1", 1, 0, 38, 17, 0),
        Of("text-search-2", 2, 0, 18, 21, 0),
        Of("aggregation-3", 10, 2, 14, 18, 42),
        Of("selection-4", 50, 0, 12, 19, 0),
        Of("aggregation-5", 100, 10, 6, 14, 72),
        Of("selection-6", 200, 0, 6, 15, 0),
        Of("text-search-7", 400, 0, 4, 10.5, 0),
        Of("join-8", 400, 30, 2, 17, 275),
    ];

    /// <summary>One of the ten jobs of the large mix, fitted in the same way.</summary>
    public static readonly HadoopType Large = Of("large-text-search", 2400, 0, 10, 11.75, 0);

    /// <summary>Few tasks, and done in a minute where nothing else runs.</summary>
    public bool IsSmall => Maps <= 10;

    private static HadoopType Of(string name, int maps, int reduces, int jobs, double map, double reduce) =>
        new(name, maps, reduces, jobs, TimeSpan.FromSeconds(map), TimeSpan.FromSeconds(reduce));
}
