using System.Globalization;

namespace Agora.Supervisor.Shared;

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
/// <param name="StartTicks">As in <see cref="ProcStat.StartTicks"/>.</param>
internal readonly record struct ProcessName(int Pid, long StartTicks)
{
    public static ProcessName Of(int pid) => new(pid, ProcStat.Read(pid)?.StartTicks ?? 0);

    public bool IsAlive => ProcStat.Read(Pid) is { } now && now.StartTicks == StartTicks && !now.IsZombie;
}

/// <summary>Who runs a container: <c>supervisor (pid) (start)</c>, <c>main (pid) (start)</c>, a line each.</summary>
internal sealed record PidFile(ProcessName Supervisor, ProcessName Main)
{
    public string Format() =>
        $"supervisor {Supervisor.Pid} {Supervisor.StartTicks}\nmain {Main.Pid} {Main.StartTicks}\n";

    /// <returns>Null if the text is not a whole pid file.</returns>
    public static PidFile? Parse(string text)
    {
        var lines = text.Split('\n');
        return lines.Length == 3 && Name(lines[0], "supervisor") is { } supervisor && Name(lines[1], "main") is { } main
            ? new PidFile(supervisor, main)
            : null;
    }

    private static ProcessName? Name(string line, string role)
    {
        var words = line.Split(' ');
        return words.Length == 3 && words[0] == role &&
            int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) &&
            long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new ProcessName(pid, start)
            : null;
    }
}
