namespace Agora.Cli;

/// <summary>What /proc says of processes.</summary>
internal static class ProcessTable
{
    /// <summary>Clock ticks from boot to the start of the process; null if there is none, or only its remains.</summary>
    public static long? StartTicks(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name, in parentheses, may hold blanks and parentheses; the fields after it count from 3 (state).
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Processes whose command line or environment names the text.</summary>
    public static IEnumerable<int> Naming(string text)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid) || pid == Environment.ProcessId)
                continue;
            if (Holds($"/proc/{pid}/cmdline", text) || Holds($"/proc/{pid}/environ", text))
                yield return pid;
        }
    }

    private static bool Holds(string file, string text)
    {
        try
        {
            return File.ReadAllText(file).Contains(text, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
