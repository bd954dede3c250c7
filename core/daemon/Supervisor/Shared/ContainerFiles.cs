namespace Agora.Supervisor.Shared;

/// <summary>
/// Names in a container's meta directory and sandbox. Agent and supervisor meet in these files alone.
/// </summary>
internal static class ContainerFiles
{
    /// <summary>What to start, written by the agent: <see cref="LaunchFile"/>.</summary>
    public const string Launch = "launch";

    /// <summary>
    /// Named pipe for commands to the supervisor, one a line: <c>kill (grace in milliseconds)</c>. Only a living
    /// supervisor holds it open for reading, so opening it to write tells whether there is one.
    /// </summary>
    public const string Control = "control";

    /// <summary>Supervisor and main process, written once both run: <see cref="PidFile"/>.</summary>
    public const string Pid = "pid";

    /// <summary>How the container ended, written last: <see cref="ExitFile"/>.</summary>
    public const string Exit = "exit";

    /// <summary>Directory for temporary files of a container that has namespaces of its own.</summary>
    public const string Temporary = "tmp";

    /// <summary>The supervisor's own complaints; only there after a fault.</summary>
    public const string SupervisorLog = "supervisor.log";

    /// <summary>
    /// The command's output, in the sandbox; older parts have <c>.1</c>, <c>.2</c> … behind the name.
    /// </summary>
    public const string Stdout = "stdout", Stderr = "stderr";
}
