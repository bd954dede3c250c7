namespace Agora.Torque.Server.Queue;

/// <summary>The lines of <c>tracejob</c>, as it prints them under its heading.</summary>
public static class JobTrace
{
    private const int SecondsLength = 19; // MM/DD/YYYY HH:MM:SS

    /// <param name="job">With the server.</param>
    /// <param name="accounting">Lines of accounting files.</param>
    /// <param name="log">Lines of the server's log files.</param>
    /// <returns>By time, as <c>11/22/2026 17:17:27.729 S    text</c>; none if the job is not spoken of.</returns>
    public static IReadOnlyList<string> Of(string job, IEnumerable<string> accounting, IEnumerable<string> log)
    {
        List<(string At, string Line)> found = [];
        foreach (var line in log)
        {
            // time;kind;server;Job;id;text
            var parts = line.Split(';', 6);
            if (parts.Length == 6 && parts[4] == job)
                found.Add((Sortable(parts[0]), $"{parts[0]} S    {parts[5]}"));
        }
        foreach (var line in accounting)
        {
            // time;type;id;text
            var parts = line.Split(';', 4);
            if (parts.Length == 4 && parts[2] == job)
                found.Add((Sortable(parts[0]), $"{parts[0]}  A    {parts[3]}"));
        }
        // Accounting has no fractions: within a second the log goes first.
        return [.. found.OrderBy(f => f.At, StringComparer.Ordinal).Select(f => f.Line)];
    }

    /// <summary>The year before month and day, to whole seconds.</summary>
    private static string Sortable(string time) => time.Length < SecondsLength ? time : $"{time[6..10]}/{time[..5]}{time[10..SecondsLength]}";
}
