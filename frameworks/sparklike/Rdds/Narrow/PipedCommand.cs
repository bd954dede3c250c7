using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Agora.Spark;

/// <summary>A partition through a command's input and output.</summary>
internal static class PipedCommand
{
    private const int BufferBytes = 128 << 10;

    /// <summary>Of what the command writes to its error output, in characters; the last of it is shown if it fails.</summary>
    private const int ErrorsMax = 4096;

    public static IEnumerable<string> Run<T>(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment, IEnumerable<T> records,
        TaskContext context)
    {
        using var process = Start(command, environment);
        using var stopping = context.Stop.Register(() => Kill(process));
        var ended = false;
        try
        {
            var feeding = Feed(process, records);
            var errors = Last(process.StandardError);
            using (var output = new StreamReader(process.StandardOutput.BaseStream, Encoding.UTF8, false, BufferBytes))
                while (output.ReadLine() is { } line)
                    yield return line;
            process.WaitForExit();
            ended = true;
            context.Stop.ThrowIfCancellationRequested();
            // A failure of what the records are computed from comes first: it may be why the command has failed.
            feeding.GetAwaiter().GetResult();
            if (process.ExitCode != 0)
                throw new SparkException(
                    $"the command '{string.Join(' ', command)}' ended with code {process.ExitCode}{After(errors.GetAwaiter().GetResult())}");
        }
        finally
        {
            if (!ended)
                Kill(process);
        }
    }

    private static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new SparkException($"the command '{command[0]}' cannot be started: {e.Message}", e);
        }
    }

    private static Task Feed<T>(Process process, IEnumerable<T> records) => Task.Factory.StartNew(() =>
    {
        var input = new StreamWriter(process.StandardInput.BaseStream, new UTF8Encoding(false), BufferBytes) { NewLine = "\n" };
        IEnumerator<T>? source = null;
        try
        {
            source = records.GetEnumerator();
            while (source.MoveNext() && Write(input, source.Current))
            {
            }
            Close(input);
        }
        catch
        {
            Kill(process);
            throw;
        }
        finally
        {
            source?.Dispose();
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>False if the command reads no more, which is its right.</summary>
    private static bool Write<T>(StreamWriter input, T record)
    {
        try
        {
            input.WriteLine(record?.ToString());
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Close(StreamWriter input)
    {
        try
        {
            input.Dispose();
        }
        catch (IOException)
        {
            // It has not read to the end.
        }
    }

    private static async Task<string> Last(StreamReader errors)
    {
        var last = new StringBuilder();
        var buffer = new char[ErrorsMax];
        while (await errors.ReadAsync(buffer) is var read and > 0)
        {
            last.Append(buffer, 0, read);
            if (last.Length > ErrorsMax)
                last.Remove(0, last.Length - ErrorsMax);
        }
        return last.ToString().Trim();
    }

    private static string After(string errors) => errors.Length == 0 ? "" : $"; it wrote: {errors}";

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
