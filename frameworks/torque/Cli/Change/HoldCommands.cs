using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Change;

/// <summary><c>qhold</c> and <c>qrls</c>.</summary>
internal static class HoldCommands
{
    private const string Letters = "h:t:-:";

    public static int Hold(CommandContext context, IReadOnlyList<string> arguments) =>
        Run(context, arguments, (job, types, array) => new Request.Hold(job, types, array));

    public static int Release(CommandContext context, IReadOnlyList<string> arguments) =>
        Run(context, arguments, (job, types, array) => new Request.Release(job, types, array));

    private static int Run(CommandContext context, IReadOnlyList<string> arguments, Func<string, string, string?, Request> request)
    {
        var usage = $"usage: {context.Command} [-h hold_list] [-t array_range] job_id ...";
        var types = "u";
        string? array = null;
        var getopt = new Getopt(context.Command, Letters, arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            if (option == 'h')
                types = OptionValues.IsHold(argument) ? argument : throw JobCommand.Usage($"{context.Command}: illegal -h value\n{usage}");
            else if (option == 't')
                array = argument;
            else
                throw JobCommand.Usage(usage);
        }
        var jobs = getopt.AllOperands;
        return jobs.Count > 0 ? JobCommand.ForEach(context, jobs, 0, job => request(job, types, array)) : throw JobCommand.Usage(usage);
    }
}
