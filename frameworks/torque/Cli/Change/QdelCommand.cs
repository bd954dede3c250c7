using Agora.Torque.Cli.Server;
using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Change;

/// <summary><c>qdel</c>.</summary>
internal static class QdelCommand
{
    private const string Letters = "ab:cm:pt:W:-:", Usage = """
        usage: qdel [-a | -c | -p | -W seconds | -m message] [-t array_range] [-b retry_seconds] job_id ... | all
               -a, -c, -m, -p, and -W are mutually exclusive
        """;

    public static int Run(CommandContext context, IReadOnlyList<string> arguments)
    {
        string? array = null, message = null;
        int? delay = null;
        var (purge, exclusive, retry) = (false, 0, 0);
        var getopt = new Getopt("qdel", Letters, arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            exclusive += "acmpW".Contains(option) ? 1 : 0;
            switch (option)
            {
                case 'a': break;
                case 'c' or 'p': purge = true; break;
                case 't': array = argument; break;
                case 'm': message = argument; break;
                case 'b': retry = int.TryParse(argument, out var patience) ? patience : throw JobCommand.Usage(Usage); break;
                case 'W' when OptionValues.IsSeconds(argument): delay = int.Parse(argument); break;
                // OpenPBS's 'force' is a purge.
                case 'W' when argument == "force": purge = true; break;
                case 'W': throw new CommandFailure(2, $"qdel: illegal -W value\n{Usage}");
                default: throw JobCommand.Usage(Usage);
            }
        }
        var operands = getopt.AllOperands;
        if (operands.Count == 0 || exclusive > 1)
            throw JobCommand.Usage(Usage);
        Request Delete(string job) => new Request.Delete(job, array, delay, purge, message);
        if (operands is ["all" or "ALL"])
            return DeleteAll(context, retry, Delete);
        return JobCommand.ForEach(context, operands, retry, Delete, (reply, job, id) =>
        {
            if (reply.Error != PbsError.UnknownJobId)
                return context.Report(reply, id);
            context.Say($"nonexistent job id: {job.Text}");
            return reply.ExitCode();
        });
    }

    /// <summary>A user's own jobs; those of all users if root asks.</summary>
    private static int DeleteAll(CommandContext context, int retry, Func<string, Request> delete)
    {
        IReadOnlyList<string> ids;
        try
        {
            using var link = context.Connect(null, retry);
            var reply = link.Ask(new Request.Select([], "EHQRSTW", null, context.User == "root" ? null : [context.User]));
            if (reply.IsError())
                return context.Report(reply, "all");
            ids = [.. (reply.Records ?? []).Select(r => r.Name)];
        }
        catch (ServerUnreachableException e)
        {
            context.Say(e.Message);
            return e.ExitCode;
        }
        // One that has ended meanwhile is no failure.
        return JobCommand.ForEach(context, ids, retry, delete, (reply, _, id) =>
            reply.Error is PbsError.UnknownJobId or PbsError.BadState ? 0 : context.Report(reply, id));
    }
}
