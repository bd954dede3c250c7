using System.Text;
using System.Text.Json;

namespace Agora.Cli;

/// <summary>What commands print: aligned columns for people, JSON for programs.</summary>
internal static class Output
{
    public static void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.Prepend(headers).ToList();
        var widths = headers.Select((_, i) => all.Max(r => r[i].Length)).ToArray();
        foreach (var row in all)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Count; i++)
                line.Append(row[i].PadRight(i == row.Count - 1 ? 0 : widths[i] + 2));
            Console.WriteLine(line.ToString().TrimEnd());
        }
    }

    public static void Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Indented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
            write(json);
        Console.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    public static string Ago(DateTimeOffset time, DateTimeOffset now)
    {
        var ago = now - time;
        return ago.TotalSeconds < 60 ? $"{Math.Max(0, ago.TotalSeconds):0}s"
            : ago.TotalMinutes < 60 ? $"{ago.TotalMinutes:0}m"
            : ago.TotalHours < 48 ? $"{ago.TotalHours:0}h" : $"{ago.TotalDays:0}d";
    }

    public static string Cpus(Resources resources) => (resources.MilliCpus / 1000m).ToString("0.###");
    public static string Mib(Resources resources) => (resources.MemBytes >> 20).ToString();
    public static string Percent(double share) => share.ToString("P0");
}
