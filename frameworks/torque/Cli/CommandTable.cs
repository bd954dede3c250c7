using Agora.Torque.Cli.Change;
using Agora.Torque.Cli.Manage;
using Agora.Torque.Cli.Show;
using Agora.Torque.Cli.Spread;
using Agora.Torque.Cli.Submit;

namespace Agora.Torque.Cli;

/// <summary>The commands by their names.</summary>
internal static class CommandTable
{
    public const string Names = "qsub qstat qdel qhold qrls qalter qrerun qsig qmove qorder qrun qmsg qselect qmgr qterm " +
        "qenable qdisable qstart qstop pbsnodes pbsdsh tracejob";

    /// <summary>The original's <c>qstat</c> tries three times to connect, and says so each time.</summary>
    public static int ConnectTriesOf(string command) => command == "qstat" ? 3 : 1;

    /// <param name="stateDirectory">Where the server and its configuration are.</param>
    /// <param name="isTerminal">Somebody types the input.</param>
    /// <returns>The exit code; null if there is no such command.</returns>
    /// <exception cref="CommandFailure">It has failed.</exception>
    public static int? Run(CommandContext context, IReadOnlyList<string> arguments, string stateDirectory, Func<bool> isTerminal)
    {
        if (arguments is ["--version"])
        {
            AgoraVersion.Show(context.Error);
            return 0;
        }
        return context.Command switch
        {
            "qsub" => QsubCommand.Run(context, arguments, stateDirectory),
            "qstat" => QstatCommand.Run(context, arguments),
            "qdel" => QdelCommand.Run(context, arguments),
            "qhold" => HoldCommands.Hold(context, arguments),
            "qrls" => HoldCommands.Release(context, arguments),
            "qalter" => QalterCommand.Run(context, arguments),
            "qrerun" => OtherJobCommands.Rerun(context, arguments),
            "qsig" => OtherJobCommands.Signal(context, arguments),
            "qmove" => OtherJobCommands.Move(context, arguments),
            "qorder" => OtherJobCommands.Order(context, arguments),
            "qrun" => OtherJobCommands.RunNow(context, arguments),
            "qmsg" => OtherJobCommands.Message(context, arguments),
            "qselect" => QselectCommand.Run(context, arguments),
            "qmgr" => QmgrCommand.Run(context, arguments, isTerminal()),
            "qterm" => ServerCommands.Terminate(context, arguments),
            "qenable" => ServerCommands.SetQueues(context, arguments, "enabled", true),
            "qdisable" => ServerCommands.SetQueues(context, arguments, "enabled", false),
            "qstart" => ServerCommands.SetQueues(context, arguments, "started", true),
            "qstop" => ServerCommands.SetQueues(context, arguments, "started", false),
            "pbsnodes" => PbsnodesCommand.Run(context, arguments),
            "pbsdsh" => PbsdshCommand.RunAsync(context, arguments).GetAwaiter().GetResult(),
            "tracejob" => TracejobCommand.Run(context, arguments),
            _ => null,
        };
    }
}
