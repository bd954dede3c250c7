using Agora.Supervisor.Shared;

namespace Agora.Tests.Live.Cluster;

/// <summary>A process that runs, whoever has started it.</summary>
internal sealed record RunningProcess(int Pid, IReadOnlyList<string> Command)
{
    /// <summary>Those with a text on their command line or in their environment.</summary>
    public static IReadOnlyList<RunningProcess> Naming(string text) => [.. Directory.EnumerateDirectories("/proc")
        .Select(d => (Directory: d, IsProcess: int.TryParse(Path.GetFileName(d), out var pid), Pid: pid))
        .Where(d => d.IsProcess && ProcStat.Read(d.Pid) is { IsZombie: false })
        .Select(d => (d.Pid, Command: Read(Path.Combine(d.Directory, "cmdline")), Environment: Read(Path.Combine(d.Directory, "environ"))))
        .Where(p => (p.Command + p.Environment).Contains(text, StringComparison.Ordinal))
        .Select(p => new RunningProcess(p.Pid, p.Command.TrimEnd('\0').Split('\0')))];

    public override string ToString() => $"{Pid} {string.Join(' ', Command)}";

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended, or is another user's.
        }
    }
}
