using Agora.Sdk;

namespace Agora.Cli;

/// <summary>Where this installation's programs are, and where its clusters keep their state.</summary>
internal static class Installation
{
    /// <summary>The directory of the commands; <c>lib</c> beside it holds the programs behind them.</summary>
    public static string BinDirectory { get; } = Path.GetDirectoryName(
        new FileInfo(Environment.ProcessPath!).ResolveLinkTarget(returnFinalTarget: true)?.FullName
        ?? Environment.ProcessPath!)!;

    public static string LibDirectory { get; } = Path.GetFullPath(Path.Combine(BinDirectory, "..", "lib"));

    /// <summary>Where <c>./run</c> leaves its report, in a directory of its own.</summary>
    public static string ReportsDirectory { get; } = Path.GetFullPath(Path.Combine(BinDirectory, "..", "artifacts"));

    /// <summary>What to say where a program that comes with Agora is not there.</summary>
    public static Failure Lacks(string what, string program) => new(what, $"{program} does not exist",
        "run ./build, or take the commands of Agora's archive; the .NET tool alone starts no parts of a cluster");

    /// <summary><c>$AGORA_HOME</c>, or <c>~/.agora</c>.</summary>
    public static string StateDirectory => MasterAddress.StateDirectory;
}
