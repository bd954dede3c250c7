using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Agora.Hadoop.Cli;

/// <summary><c>hadoop jar</c>: no Java runs here, so the jar's name alone says what is meant.</summary>
internal static partial class JarCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (args.Count == 0)
        {
            Console.Error.WriteLine("RunJar jarFile [mainClass] args...");
            return 1;
        }
        var name = Path.GetFileName(args[0]);
        if (name.Contains("streaming", StringComparison.Ordinal) && name.EndsWith(".jar", StringComparison.Ordinal))
        {
            return args.Skip(1).FirstOrDefault() switch
            {
                "dumptb" or "loadtb" => RunProgram(args.Skip(1)),
                "streamjob" => await StreamJob.RunAsync([.. args.Skip(2)]),
                _ => await StreamJob.RunAsync([.. args.Skip(1)]),
            };
        }
        if (IsExamples().IsMatch(name))
            return RunProgram(["run", "--examples", .. args.Skip(1)]);
        if (!File.Exists(args[0]))
        {
            Console.Error.WriteLine($"Exception in thread \"main\" java.io.IOException: Error opening job jar: {args[0]}");
            return 1;
        }
        if (name.EndsWith(".dll", StringComparison.Ordinal))
            return RunProgram(["run", .. args]);
        Console.Error.WriteLine($"hadoop: {args[0]} cannot be run: no Java runs here; use hadoop-streaming*.jar with the " +
            "mapper and reducer as programs, hadoop-examples*.jar, or a .NET assembly (docs/hadoop-csharp.md)");
        return 1;
    }

    /// <summary>Becomes the program that knows the formats and loads assemblies: same terminal, its exit code.</summary>
    private static int RunProgram(IEnumerable<string> args)
    {
        var self = new FileInfo(Environment.ProcessPath!);
        var directory = (self.ResolveLinkTarget(returnFinalTarget: true) ?? self).FullName;
        var program = Path.Combine(Path.GetDirectoryName(directory)!, "agora-hadoop");
        // A signal from the terminal goes to both; the program decides what it means.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var process = Process.Start(new ProcessStartInfo(program, args))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    [GeneratedRegex(@"^hadoop.*examples.*\.jar$")]
    private static partial Regex IsExamples();
}
