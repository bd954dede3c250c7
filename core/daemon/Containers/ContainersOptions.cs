namespace Agora.Daemon.Containers;

/// <summary>What containers on this agent have in common.</summary>
public sealed record ContainersOptions
{
    /// <summary>The <c>agora-supervisor</c> program.</summary>
    public required string SupervisorPath { get; init; }

    /// <summary>PATH of every command that brings none of its own.</summary>
    public string Path { get; init; } = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Run commands as the user they name; only root can. Otherwise all run as the agent's user.</summary>
    public bool SwitchUser { get; init; }

    /// <summary>Containers have namespaces of processes and of mounts, and a /tmp, of their own; only root can give them.</summary>
    public bool Encloses { get; init; }

    /// <summary>Directories that such containers go on seeing where they are, though they are in /tmp.</summary>
    public IReadOnlyList<string> Visible { get; init; } = [];

    /// <summary>No program that a command starts gains privileges by it, as <c>sudo</c> and <c>ping</c> would.</summary>
    public bool NoNewPrivileges { get; init; }

    private const string SupervisorVariable = "AGORA_SUPERVISOR", SupervisorName = "agora-supervisor";

    /// <summary>
    /// Looks for the supervisor: the file named by <c>AGORA_SUPERVISOR</c>; beside the running program; in
    /// <c>bin</c> of a directory above it.
    /// </summary>
    /// <exception cref="FileNotFoundException">It is in none of these places.</exception>
    public static string FindSupervisor()
    {
        if (Environment.GetEnvironmentVariable(SupervisorVariable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? System.IO.Path.GetFullPath(named) : throw new FileNotFoundException(
                $"{SupervisorVariable} names {named}, which is not there; name the built program, or unset it");
        }
        var beside = System.IO.Path.Combine(AppContext.BaseDirectory, SupervisorName);
        if (File.Exists(beside))
            return beside;
        var above = new DirectoryInfo(AppContext.BaseDirectory);
        for (; above is not null; above = above.Parent)
        {
            var candidate = System.IO.Path.Combine(above.FullName, "bin", SupervisorName);
            if (File.Exists(candidate))
                return candidate;
        }
        throw new FileNotFoundException($"{SupervisorName} is neither beside {AppContext.BaseDirectory} nor in a bin " +
            $"directory above it; run ./build, or name it in {SupervisorVariable}");
    }
}
