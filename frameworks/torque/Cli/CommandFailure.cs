namespace Agora.Torque.Cli;

/// <summary>The command ends here.</summary>
/// <param name="exitCode">Of the command.</param>
/// <param name="message">For standard error, as it stands and with a line end behind it; empty if all has been said.</param>
internal sealed class CommandFailure(int exitCode, string message = "") : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
