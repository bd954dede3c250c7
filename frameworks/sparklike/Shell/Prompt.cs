using System.Diagnostics;
using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace Agora.Spark.Shell;

/// <summary>Reads pieces of C#, runs each, and shows what it gave.</summary>
/// <param name="isTerminal">Somebody types: prompts are shown.</param>
internal sealed class Prompt(ScriptSession session, TextReader input, TextWriter output, TextWriter errors, bool isTerminal)
{
    private const int ShownMax = 1_000;

    private const string Help = """
        Enter C#: statements, or an expression without a semicolon to see its value. sc is the SparkContext; variables,
        functions and types stay, and so do partitions that datasets keep (Cache).
          #r "file.dll"    uses an assembly
          #load "file.cs"  runs a file
          Ctrl-C           cancels the jobs that run
          :help            this
          :quit, Ctrl-D    ends
        An unfinished statement goes on in the next line; two empty lines give it up.
        """;

    private static readonly PrintOptions Printing = new() { MaximumOutputLength = ShownMax, MemberDisplayFormat = MemberDisplayFormat.SingleLine };

    public async Task RunAsync()
    {
        while (Read() is { } piece)
        {
            switch (piece.Trim())
            {
                case "":
                    break;
                case ":quit" or ":q":
                    return;
                case ":help" or ":h" or ":?":
                    output.WriteLine(Help);
                    break;
                case [':', ..] command:
                    errors.WriteLine($"error: there is no command {command}; see :help");
                    break;
                default:
                    await RunAsync(piece);
                    break;
            }
        }
    }

    /// <summary>As many lines as make a whole; null at the end.</summary>
    private string? Read()
    {
        List<string> lines = [];
        while (true)
        {
            if (isTerminal)
                output.Write(lines.Count == 0 ? "agora> " : "     | ");
            if (input.ReadLine() is not { } line)
            {
                // What is unfinished at the end has an error, which is to be seen.
                return lines.Count > 0 ? string.Join('\n', lines) : null;
            }
            lines.Add(line);
            var text = string.Join('\n', lines);
            if (lines is [[':', ..]] || ScriptSession.IsComplete(text))
                return text;
            if (isTerminal && lines is [.., "", ""])
                return "";
        }
    }

    private async Task RunAsync(string piece)
    {
        try
        {
            var result = await session.RunAsync(piece);
            if (result.HasValue)
                output.WriteLine(CSharpObjectFormatter.Instance.FormatObject(result.Value, Printing));
        }
        catch (CompilationErrorException e)
        {
            foreach (var error in e.Diagnostics)
            {
                var place = error.Location.GetMappedLineSpan();
                errors.WriteLine($"({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): error {error.Id}: {error.GetMessage()}");
            }
        }
        catch (Exception e)
        {
            errors.WriteLine($"{e.GetType().FullName}: {e.Message}");
            foreach (var frame in new StackTrace(e, fNeedFileInfo: true).GetFrames())
                if (frame.GetFileName() is { } file && file.StartsWith("prompt ", StringComparison.Ordinal))
                    errors.WriteLine($"    at {file}:{frame.GetFileLineNumber()}");
        }
        finally
        {
            output.Flush();
            errors.Flush();
        }
    }
}
