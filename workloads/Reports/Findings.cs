namespace Agora.Workloads.Reports;

/// <summary>What an experiment found. Where it is simulated, all of it depends on the seed alone, never on the machine.</summary>
/// <param name="Rows">The figures, each with the paper's.</param>
/// <param name="Data">What they were made from.</param>
/// <param name="Notes">What a reader has to know to read the figures rightly.</param>
internal sealed record Findings(IReadOnlyList<Row> Rows, IReadOnlyList<DataTable> Data, IReadOnlyList<string> Notes)
{
    public IReadOnlyList<Picture> Pictures { get; init; } = [];

    /// <summary>What was measured of the machine that simulated; it differs from run to run and is only shown.</summary>
    public IReadOnlyList<string> Measured { get; init; } = [];
}
