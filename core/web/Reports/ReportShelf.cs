using System.Collections.Frozen;
using System.Text.Json;

namespace Agora.Web.Reports;

/// <summary>
/// Finds the reports in a directory: each directory in it, and in those, that holds <c>results.json</c> or <c>report.html</c>. It is
/// looked at anew each time, as a benchmark may be writing there.
/// </summary>
/// <param name="files">Null where no directory was named.</param>
internal sealed class ReportShelf(IReportFiles? files)
{
    private const string ResultsName = "results.json", OfSeveral = "all";

    /// <summary>Directories looked into for one list, and files shown of a report.</summary>
    private const int DirectoriesMax = 500, FilesMax = 500;

    /// <summary>Of the largest experiment it is some tens of kilobytes.</summary>
    private const int ResultsBytesMax = 1 << 20;

    /// <summary>Types of the files that are given out; others stay where they are.</summary>
    public static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".png"] = "image/png",
        [".svg"] = "image/svg+xml",
        [".csv"] = "text/csv; charset=utf-8",
        [".json"] = "application/json",
    }.ToFrozenDictionary();

    public string? Place => files?.Place;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<ExperimentReport> All()
    {
        List<ExperimentReport> found = [];
        foreach (var id in Directories("").SelectMany(d => Directories(d).Prepend(d)).Take(DirectoriesMax))
            if (Find(id) is { } report)
                found.Add(report);
        return [.. found.OrderByDescending(r => r.Made)];
    }

    /// <returns>Null if there is no report of that name.</returns>
    public ExperimentReport? Find(string id)
    {
        if (files is null || id.Split('/') is not { Length: 1 or 2 })
            return null;
        var there = files.List(id);
        List<ReportFile> given = [.. there.Where(f => !f.IsDirectory && Types.ContainsKey(Path.GetExtension(f.Name))).OrderBy(f => f.Name, StringComparer.Ordinal).Take(FilesMax)];
        var marks = given.Where(f => f.Name is ResultsName or ExperimentReport.PageName).ToList();
        if (marks.Count == 0)
            return null;
        var results = Results(id);
        // One page of several experiments has their directories beside it.
        var said = results ?? there.Where(f => f.IsDirectory).Select(f => Results($"{id}/{f.Name}")).FirstOrDefault(r => r is not null);
        return new ExperimentReport(id, results is null ? said is null ? id.Split('/')[^1] : OfSeveral : Text(results, "experiment"), Text(said, "mode"),
            marks.Max(f => f.Modified), given, results);
    }

    /// <returns>Null if the report has no such file.</returns>
    public Stream? Open(ExperimentReport report, string name) =>
        report.Files.Any(f => f.Name == name) ? files?.Open($"{report.Id}/{name}") : null;

    private IEnumerable<string> Directories(string path) => files is null ? []
        : files.List(path).Where(f => f.IsDirectory).Select(f => path.Length == 0 ? f.Name : $"{path}/{f.Name}").Order(StringComparer.Ordinal);

    private JsonElement? Results(string id)
    {
        using var stream = files?.Open($"{id}/{ResultsName}");
        if (stream is null || stream.Length > ResultsBytesMax)
            return null;
        try
        {
            using var document = JsonDocument.Parse(stream);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            // It is being written, or is another program's.
            return null;
        }
    }

    private static string Text(JsonElement? results, string name) =>
        results is { } found && found.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
