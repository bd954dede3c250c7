using System.Text.Json;

namespace Agora.Web.Api;

/// <summary>Shares over time, a series for each framework that held much.</summary>
internal static class SharesJson
{
    /// <summary>Series told apart; more could not be told apart by their colours either.</summary>
    public const int SeriesMax = 8;

    public static void Write(Utf8JsonWriter json, IReadOnlyList<SharePoint> points, Func<SharePart, double> value, TimeSpan step)
    {
        var largest = points.SelectMany(p => p.Parts).Where(p => p.FrameworkId is not null).GroupBy(p => p.FrameworkId)
            .Select(g => (Id: g.Key, g.Last().Name, Sum: g.Sum(value))).Where(s => s.Sum > 0)
            .OrderByDescending(s => s.Sum).ThenBy(s => s.Id).Take(SeriesMax).ToList();
        var told = largest.Select(s => s.Id).ToHashSet();
        json.WriteStartObject();
        json.WriteNumber("stepSeconds", step.TotalSeconds);
        json.WriteStartArray("times");
        foreach (var point in points)
            json.WriteNumberValue(point.Time.ToUnixTimeMilliseconds());
        json.WriteEndArray();
        json.WriteStartArray("series");
        // In the order of their ids, so that a framework keeps its place while it grows.
        foreach (var (id, name, _) in largest.OrderBy(s => s.Id))
            Write(json, id, name, points.Select(p => p.Parts.Where(x => x.FrameworkId == id).Sum(value)));
        if (points.Any(p => p.Parts.Any(x => !told.Contains(x.FrameworkId) && value(x) > 0)))
            Write(json, null, "others", points.Select(p => p.Parts.Where(x => !told.Contains(x.FrameworkId)).Sum(value)));
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
