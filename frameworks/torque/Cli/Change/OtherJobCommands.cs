using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Change;

/// <summary>The short ones: <c>qsig qrerun qrun qmove qorder qmsg</c>.</summary>
internal static class OtherJobCommands
{
    public static int Signal(CommandContext context, IReadOnlyList<string> arguments)
    {
        const string usage = "usage: qsig [-a] [-s signal] job_id ...";
        var signal = "SIGTERM";
        var getopt = new Getopt("qsig", "as:-:", arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            if (option == 's')
                signal = argument;
            else if (option != 'a')
                throw JobCommand.Usage(usage);
        }
        return ForOperands(context, getopt, usage, job => new Request.Signal(job, signal));
    }

    public static int Rerun(CommandContext context, IReadOnlyList<string> arguments)
    {
        const string usage = "usage: qrerun [-f] job_id ...";
        var force = false;
        var getopt = new Getopt("qrerun", "f-:", arguments, context.Error);
        while (getopt.Next(out var option, out _))
            force = option == 'f' ? true : throw JobCommand.Usage(usage);
        return ForOperands(context, getopt, usage, job => new Request.Rerun(job, force));
    }

    public static int RunNow(CommandContext context, IReadOnlyList<string> arguments)
    {
        const string usage = "usage: qrun [-a] [-H hosts] job_id ...";
        string? hosts = null;
        var getopt = new Getopt("qrun", "aH:-:", arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            if (option == 'H')
                hosts = argument;
            else if (option != 'a')
                throw JobCommand.Usage(usage);
        }
        // A job of the wrong state is the one thing for which it has a code of its own.
        return ForOperands(context, getopt, usage, job => new Request.Run(job, hosts),
            (reply, _, id) => context.Report(reply, id) is var code && reply.Error == PbsError.BadState ? 2 : code);
    }

    public static int Move(CommandContext context, IReadOnlyList<string> arguments)
    {
        const string usage = "usage: qmove destination job_id ...";
        var words = Words(context, arguments, usage);
        if (words.Count < 2)
            throw JobCommand.Usage(usage);
        return OptionValues.Destination(words[0]) is ({ } queue, _)
            ? JobCommand.ForEach(context, [.. words.Skip(1)], 0, job => new Request.Move(job, queue))
            : throw new CommandFailure(2, $"qmove: illegally formed destination: {words[0]}");
    }

    public static int Order(CommandContext context, IReadOnlyList<string> arguments)
    {
        const string usage = "usage: qorder job_id job_id";
        var words = Words(context, arguments, usage);
        if (words.Count != 2)
            throw JobCommand.Usage(usage);
        if (JobOperand.Parse(words[1]) is not { } other)
            throw new CommandFailure(1, $"qorder: illegally formed job identifier: {words[1]}");
        return JobCommand.ForEach(context, [words[0]], 0, job => new Request.Order(job, other.Text));
    }

    public static int Message(CommandContext context, IReadOnlyList<string> arguments)
    {
        const string usage = "usage: qmsg [-E] [-O] message job_id ...";
        var (toError, toOutput) = (false, false);
        var getopt = new Getopt("qmsg", "EO-:", arguments, context.Error);
        while (getopt.Next(out var option, out _))
        {
            if (option == 'E')
                toError = true;
            else
                toOutput = option == 'O' ? true : throw JobCommand.Usage(usage);
        }
        var words = getopt.AllOperands;
        if (words.Count < 2)
            throw JobCommand.Usage(usage);
        List<string> jobs = [.. words.Skip(1)];
        var exitCode = 0;
        if (toOutput)
            exitCode = JobCommand.ForEach(context, jobs, 0, job => new Request.Note(job, words[0], ToError: false));
        if (toError || !toOutput)
            exitCode = Math.Max(exitCode, JobCommand.ForEach(context, jobs, 0, job => new Request.Note(job, words[0])));
        return exitCode;
    }

    private static int ForOperands(
        CommandContext context, Getopt getopt, string usage, Func<string, Request> request, Func<Reply, JobOperand, string, int>? report = null) =>
        getopt.AllOperands is { Count: > 0 } jobs ? JobCommand.ForEach(context, jobs, 0, request, report) : throw JobCommand.Usage(usage);

    private static IReadOnlyList<string> Words(CommandContext context, IReadOnlyList<string> arguments, string usage)
    {
        var getopt = new Getopt(context.Command, "-:", arguments, context.Error);
        return getopt.Next(out _, out _) ? throw JobCommand.Usage(usage) : getopt.AllOperands;
    }
}
