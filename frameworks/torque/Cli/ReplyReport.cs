using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli;

/// <summary>Says on standard error what the server refused.</summary>
internal static class ReplyReport
{
    public static bool IsError(this Reply reply) => reply.Error != PbsError.None;

    /// <summary>As the shell sees it.</summary>
    public static int ExitCode(this Reply reply) => PbsException.ExitCodeOf(reply.Error);

    /// <summary>What was refused, in the original's words.</summary>
    public static string Text(this Reply reply) => reply.Message is { Length: > 0 } message ? message : $"Error {15000 + (int)reply.Error}";

    /// <summary>The name the server has, or by which it was found.</summary>
    public static string ServerOr(this Reply reply, string name) => reply.Server.Length > 0 ? reply.Server : name;

    /// <param name="subject">What was asked about: a job with its server, a queue; it is put behind the message.</param>
    /// <returns>The exit code; 0 if nothing was refused.</returns>
    public static int Report(this CommandContext context, Reply reply, string subject)
    {
        if (reply.IsError())
            context.Say($"{reply.Text()} {subject}");
        return reply.ExitCode();
    }
}
