using System.CommandLine;

namespace Agora.Cli.Commands;

internal static class CommandExtensions
{
    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON for programs" };

    /// <summary>Adds an example to the description, as every command's help has one.</summary>
    public static string WithExample(this string description, string example) => $"{description}\n\nExample:\n  {example}";

    /// <summary>Runs the command and turns failures into their three lines and exit code.</summary>
    public static void Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await action(parsed, cancellation);
            }
            catch (Failure failure)
            {
                failure.Print();
                return failure.ExitCode;
            }
        });
}
