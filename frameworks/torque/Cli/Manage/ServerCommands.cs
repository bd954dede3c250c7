using Agora.Torque.Cli.Server;
using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Manage;

/// <summary><c>qenable qdisable qstart qstop</c>, which turn queues on and off, and <c>qterm</c>.</summary>
internal static class ServerCommands
{
    /// <param name="attribute"><c>enabled</c> (takes jobs) or <c>started</c> (runs them).</param>
    public static int SetQueues(CommandContext context, IReadOnlyList<string> arguments, string attribute, bool value)
    {
        var getopt = new Getopt(context.Command, "-:", arguments, context.Error);
        if (getopt.Next(out _, out _) || getopt.AllOperands.Count == 0)
            throw new CommandFailure(2, $"usage: {context.Command} queue ...");
        var change = new AttributeChange(attribute, null, value ? "True" : "False");
        var exitCode = 0;
        foreach (var operand in getopt.AllOperands)
        {
            if (OptionValues.Destination(operand) is not ({ } queue, var server))
            {
                context.Say($"illegally formed destination: {operand}");
                exitCode = 2;
                continue;
            }
            using var link = Connect(context, server);
            var reply = link.Ask(new Request.Manage(ManageVerb.Set, StatusOf.Queues, queue, [change]));
            if (reply.IsError())
                exitCode = context.Report(reply, operand);
        }
        return exitCode;
    }

    public static int Terminate(CommandContext context, IReadOnlyList<string> arguments)
    {
        const string usage = "usage: qterm [-t immediate|delay|quick] [server ...]";
        var getopt = new Getopt("qterm", "t:-:", arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            // Running jobs go on in any case, so all of them are the quick one.
            if (option != 't' || argument is not ("immediate" or "delay" or "quick"))
                throw new CommandFailure(2, usage);
        }
        var exitCode = 0;
        foreach (var server in getopt.AllOperands is { Count: > 0 } servers ? servers : [""])
        {
            using var link = Connect(context, server);
            exitCode = Math.Max(exitCode, context.Report(link.Ask(new Request.Terminate()), server));
        }
        return exitCode;
    }

    private static IServerLink Connect(CommandContext context, string? server)
    {
        try
        {
            return context.Connect(server);
        }
        catch (ServerUnreachableException e)
        {
            throw new CommandFailure(e.ExitCode, $"{context.Command}: {e.Message}");
        }
    }
}
