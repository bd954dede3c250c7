using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Change;

/// <summary>What the commands have in common that ask the same for each of the jobs they are given.</summary>
internal static class JobCommand
{
    /// <summary>All of the jobs are tried, whatever becomes of the others.</summary>
    /// <param name="operands">Of the command line.</param>
    /// <param name="request">For a job, by its name without a server's behind <c>@</c>.</param>
    /// <param name="report">Says what was refused, and returns the exit code; null for the usual words.</param>
    /// <returns>That of the last one that was refused, or 0.</returns>
    public static int ForEach(
        CommandContext context, IReadOnlyList<string> operands, int retrySeconds, Func<string, Request> request,
        Func<Reply, JobOperand, string, int>? report = null)
    {
        report ??= (reply, _, id) => context.Report(reply, id);
        var exitCode = 0;
        IServerLink? link = null;
        string? linkedTo = null;
        try
        {
            foreach (var operand in operands)
            {
                if (JobOperand.Parse(operand) is not { } job)
                {
                    context.Say($"illegally formed job identifier: {operand}");
                    exitCode = 1;
                    continue;
                }
                if (link is null || linkedTo != job.Server)
                {
                    link?.Dispose();
                    link = context.Connect(job.Server, retrySeconds);
                    linkedTo = job.Server;
                }
                var reply = link.Ask(request(job.Text));
                if (reply.IsError())
                    exitCode = report(reply, job, job.On(reply.ServerOr(link.Name)));
            }
        }
        catch (ServerUnreachableException e)
        {
            context.Say(e.Message);
            exitCode = e.ExitCode;
        }
        finally
        {
            link?.Dispose();
        }
        return exitCode;
    }

    /// <summary>The command was called wrongly.</summary>
    public static CommandFailure Usage(string text) => new(2, text);
}
