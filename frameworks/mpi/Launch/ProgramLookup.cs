namespace Agora.Mpi.Launch;

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramLookup
{
    private const UnixFileMode Executable =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where a program of that name is; null if nowhere.</summary>
    public static string? Find(string name) => Candidates(name).FirstOrDefault(IsProgram);

    /// <summary>Every file of that name that could be meant, in PATH's order.</summary>
    public static IEnumerable<string> Candidates(string name) => name.Contains('/', StringComparison.Ordinal) ? [Path.GetFullPath(name)]
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(d => Path.Combine(d, name));

    public static bool IsProgram(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != 0;

    /// <summary>The file behind a chain of links.</summary>
    public static string Real(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
}
