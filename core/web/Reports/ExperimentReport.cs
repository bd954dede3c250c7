using System.Text.Json;

namespace Agora.Web.Reports;

/// <summary>A directory that a benchmark's <c>--out</c> has left.</summary>
/// <param name="Id">Its path among the reports.</param>
/// <param name="Experiment"><c>all</c> for several in one page.</param>
/// <param name="Mode"><c>live</c>, <c>simulated</c>, or empty where nothing says it.</param>
/// <param name="Files">Those that can be had, by name.</param>
/// <param name="Results"><c>results.json</c> as it is; null where there is none that can be read.</param>
internal sealed record ExperimentReport(string Id, string Experiment, string Mode, DateTimeOffset Made, IReadOnlyList<ReportFile> Files, JsonElement? Results)
{
    public const string PageName = "report.html";

    public bool HasPage => Files.Any(f => f.Name == PageName);
}
