using System.Text.Json;

namespace Agora.Web.Api;

/// <summary>Shares over time, a series for each name of frameworks that held much.</summary>
internal static class SharesJson
{
    /// <summary>Series told apart; more could not be told apart by their colours either.</summary>
    public const int SeriesMax = 8;

    public static void Write(Utf8JsonWriter json, IReadOnlyList<SharePoint> points, Func<SharePart, double> value, TimeSpan step)
    {
        // By name: what one starts again and again is one series.
        var largest = points.SelectMany(p => p.Parts).Where(p => p.FrameworkId is not null).GroupBy(p => p.Name)
            .Select(g => (Name: g.Key, First: g.Min(p => p.FrameworkId), Last: g.Last().FrameworkId, Sum: g.Sum(value))).Where(s => s.Sum > 0)
            .OrderByDescending(s => s.Sum).ThenBy(s => s.First).Take(SeriesMax).ToList();
        var told = largest.Select(s => s.Name).ToHashSet();
        bool IsTold(SharePart part) => part.FrameworkId is not null && told.Contains(part.Name);
        json.WriteStartObject();
        json.WriteNumber("stepSeconds", step.TotalSeconds);
        json.WriteStartArray("times");
        foreach (var point in points)
            json.WriteNumberValue(point.Time.ToUnixTimeMilliseconds());
        json.WriteEndArray();
        json.WriteStartArray("series");
        // In the order of their ids, so that a framework keeps its place while it grows.
        foreach (var series in largest.OrderBy(s => s.First))
            Write(json, series.Last, series.Name, points.Select(p => p.Parts.Where(x => x.FrameworkId is not null && x.Name == series.Name).Sum(value)));
        if (points.Any(p => p.Parts.Any(x => !IsTold(x) && value(x) > 0)))
            Write(json, null, "others", points.Select(p => p.Parts.Where(x => !IsTold(x)).Sum(value)));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FrameworkId? id, string name, IEnumerable<double> values)
    {
        json.WriteStartObject();
        json.WriteString("framework", id?.Value);
        json.WriteString("name", name);
        json.WriteStartArray("values");
        foreach (var value in values)
            json.WriteNumberValue(Math.Round(value, 4));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
