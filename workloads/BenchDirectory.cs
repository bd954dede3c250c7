using System.Diagnostics;
using System.Text;

namespace Agora.Workloads;

/// <summary>A directory for a benchmark's data, removed at the end, and a shell in it that finds Agora's commands.</summary>
internal class BenchDirectory : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Where Agora's commands are.</summary>
    public static string Bin { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "bin"));

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("agora-bench-").FullName;

    /// <summary>Runs a line of shell that must succeed, and gives its standard output.</summary>
    public string Shell(string line) => Run(line).Output;

    /// <summary>Runs a line of shell and gives its wall time in seconds.</summary>
    public double Time(string line)
    {
        var clock = Stopwatch.GetTimestamp();
        Run(line);
        return Stopwatch.GetElapsedTime(clock).TotalSeconds;
    }

    /// <exception cref="WrongOutputException">It failed.</exception>
    public (string Output, string Error) Run(string line)
    {
        using var process = Process.Start(StartOf(line))!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, e) => errors.AppendLine(e.Data);
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new WrongOutputException($"'{line}' did not end within {Patience.TotalMinutes} minutes");
        }
        process.WaitForExit();
        return process.ExitCode == 0 ? (output.Result, errors.ToString())
            : throw new WrongOutputException($"'{line}' ended with {process.ExitCode}: {output.Result}{errors}");
    }

    /// <summary>Of a line of shell in the directory; its output and error output are to be read.</summary>
    public ProcessStartInfo StartOf(string line)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-o", "pipefail", "-c", line])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["AGORA_HOME"] = Path.Combine(Directory, "state");
        return start;
    }

    public virtual ValueTask DisposeAsync()
    {
        Delete();
        return ValueTask.CompletedTask;
    }

    protected void Delete() => System.IO.Directory.Delete(Directory, recursive: true);
}
