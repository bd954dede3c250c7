namespace Agora.Daemon.Containers;

/// <summary>
/// The environment a command starts with: PATH, HOME, TMPDIR, LANG, USER and LOGNAME, then the command's own, then the
/// agent's <c>AGORA_…</c>. Nothing else: the agent's own environment may hold secrets.
/// </summary>
internal static class ContainerEnvironment
{
    /// <summary>In the sandbox, so that what tasks leave there goes with it.</summary>
    public const string TemporaryDirectory = "tmp";

    /// <returns><c>NAME=value</c>, sorted by name.</returns>
    /// <exception cref="LaunchException">A name or value cannot be in an environment.</exception>
    public static IReadOnlyList<string> Build(ContainerSpec spec, string path, string user)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = spec.SandboxDirectory,
            ["LANG"] = "C.UTF-8",
            ["LOGNAME"] = user,
            ["PATH"] = path,
            ["TMPDIR"] = Path.Combine(spec.SandboxDirectory, TemporaryDirectory),
            ["USER"] = user,
        };
        foreach (var (name, value) in spec.Command.Environment ?? new Dictionary<string, string>())
            variables[name] = value;
        foreach (var (name, value) in spec.AgoraEnvironment)
            variables[name] = value;
        foreach (var (name, value) in variables)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) ||
                name.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                throw new LaunchException("cannot set environment variable " +
                    $"'{name.Replace("\0", "\\0", StringComparison.Ordinal)}': " +
                    "a name must not be empty nor hold '=' or NUL, a value must not hold NUL");
            }
        }
        return [.. variables.Select(v => $"{v.Key}={v.Value}")];
    }
}
