using System.CommandLine;
using System.Diagnostics;
using Agora.Cli.Commands;

namespace Agora.Cli;

/// <summary>
/// Programs named <c>agora-NAME</c> beside this one are run for <c>agora NAME</c>, as git does, so the command line needs
/// to know no framework.
/// </summary>
internal sealed class ExternalCommand(string path)
{
    /// <summary>Those that come with Agora, for the help text.</summary>
    public static readonly IReadOnlyList<(string Name, string Description)> Listed =
    [
        ("master", "Run a master (see 'agora master --help')"),
        ("agent", "Run an agent (see 'agora agent --help')"),
        ("simulate", "Run the same machines in virtual time under faults (see 'agora simulate --help')"),
        ("bench", "Measure (see 'agora bench --help')"),
        ("hadoop", "The Hadoop port's services (see 'agora hadoop --help')"),
        ("spark-shell", "A C# prompt on the cluster (see 'agora spark-shell --help')"),
    ];

    public static ExternalCommand? Find(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith('-') || args[0].Contains('/', StringComparison.Ordinal))
            return null;
        var path = PathOf(args[0]);
        return File.Exists(path) ? new ExternalCommand(path) : null;
    }

    /// <summary>A line of the help text; run only where the program is not there.</summary>
    public static Command CreateMissing(string name, string description)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.Does((_, _) => throw Installation.Lacks($"'agora {name}' cannot be run", PathOf(name)));
        return command;
    }

    private static string PathOf(string name) => Path.Combine(Installation.BinDirectory, "agora-" + name);

    /// <summary>Becomes that program in effect: same terminal, its exit code.</summary>
    public int Run(string[] args)
    {
        // A signal from the terminal goes to both; the program decides what it means.
        using var ignored = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGINT, context => context.Cancel = true);
        using var process = Process.Start(new ProcessStartInfo(path, args))!;
        using var passedOn = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                Native.Kill(process.Id, Native.SigTerm);
            });
        process.WaitForExit();
        return process.ExitCode;
    }
}
