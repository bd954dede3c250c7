using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>tracejob</c>: what the logs have of a job, by time.</summary>
internal static class TracejobCommand
{
    private const string Letters = "acf:lmn:p:qsvwz-:", Usage = "usage: tracejob [-a] [-l] [-m] [-s] [-q] [-n days] job_id ...";

    public static int Run(CommandContext context, IReadOnlyList<string> arguments)
    {
        var days = 1;
        var hidden = "";
        var getopt = new Getopt("tracejob", Letters, arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            if (option == 'n')
                days = int.TryParse(argument, out var number) && number > 0 ? number : throw new CommandFailure(1, "tracejob: illegal -n value");
            else if ("alms".Contains(option))
                hidden += char.ToUpperInvariant(option);
            else if (option is Getopt.Wrong or Getopt.Long)
                throw new CommandFailure(1, Usage);
        }
        if (getopt.AllOperands.Count == 0)
            throw new CommandFailure(1, Usage);
        var exitCode = 0;
        foreach (var operand in getopt.AllOperands)
            exitCode = Math.Max(exitCode, Trace(context, operand, days, hidden));
        return exitCode;
    }

    private static int Trace(CommandContext context, string operand, int days, string hidden)
    {
        if (JobOperand.Parse(operand) is not { } job)
        {
            context.Say($"illegally formed job identifier: {operand}");
            return 1;
        }
        try
        {
            using var link = context.Connect(job.Server);
            var reply = link.Ask(new Request.Trace(job.Text, days));
            var id = job.On(reply.ServerOr(link.Name));
            if (reply.IsError())
                return context.Report(reply, id);
            context.Out.Write($"\nJob: {id}\n\n");
            foreach (var line in reply.Lines ?? [])
            {
                if (!hidden.Contains(SourceOf(line)))
                    context.Out.Write($"{line}\n");
            }
            return 0;
        }
        catch (ServerUnreachableException e)
        {
            throw new CommandFailure(e.ExitCode, $"tracejob: {e.Message}");
        }
    }

    /// <summary>The letter behind date and time.</summary>
    private static char SourceOf(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, [var source], ..] ? source : ' ';
}
