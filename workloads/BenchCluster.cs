using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Agora.Workloads.Reports;

namespace Agora.Workloads;

/// <summary>A cluster for one benchmark, its directory of data, and a shell that sees both.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly string _bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "bin"));

    private BenchCluster(string directory) => Directory = directory;

    /// <summary>For the benchmark's data; removed at the end.</summary>
    public string Directory { get; }

    /// <param name="options">For <c>agora up</c>.</param>
    public static async Task<BenchCluster> StartAsync(string options, CancellationToken cancellation)
    {
        var cluster = new BenchCluster(System.IO.Directory.CreateTempSubdirectory("agora-bench-").FullName);
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        cancellation.ThrowIfCancellationRequested();
        await Task.Run(() => cluster.Shell($"agora up {options} --port {port} --detach"), cancellation);
        return cluster;
    }

    /// <summary>Says where it is measured, and measures.</summary>
    /// <returns>The benchmark's exit code: 1 if an output was wrong.</returns>
    public static int Measure(Action benchmark)
    {
        Console.WriteLine($"{Report.Machine}; load average {File.ReadAllText("/proc/loadavg").Trim()}");
        try
        {
            benchmark();
            return 0;
        }
        catch (WrongOutputException e)
        {
            Console.Error.WriteLine($"wrong output: {e.Message}");
            return 1;
        }
    }

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
        var start = new ProcessStartInfo("/bin/bash", ["-o", "pipefail", "-c", line])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["AGORA_HOME"] = Path.Combine(Directory, "state");
        using var process = Process.Start(start)!;
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

    /// <summary>CPU seconds of the TaskTrackers themselves, without the programs they run.</summary>
    public double TaskTrackerCpuSeconds()
    {
        const int UserTicks = 11, SystemTicks = 12, TicksPerSecond = 100;
        var ticks = 0L;
        foreach (var process in System.IO.Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                var words = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
                if (!words.Contains("tasktracker") || !File.ReadAllText(Path.Combine(process, "environ")).Contains(Directory, StringComparison.Ordinal))
                    continue;
                var stat = File.ReadAllText(Path.Combine(process, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks += long.Parse(fields[UserTicks]) + long.Parse(fields[SystemTicks]);
            }
            catch (IOException)
            {
                // It ended while it was looked at.
            }
        }
        return ticks / (double)TicksPerSecond;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Run(() => Run("agora down"));
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
