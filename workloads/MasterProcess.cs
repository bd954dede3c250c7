using System.Diagnostics;

namespace Agora.Workloads;

/// <summary>A master of its own process on a free port of loopback.</summary>
internal sealed class MasterProcess : IDisposable
{
    private readonly Process _process;
    private bool _ended;

    private MasterProcess(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }
    public TimeSpan CpuTime => _process.TotalProcessorTime;

    /// <summary>It has ended, by itself or killed.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Largest resident memory, known once it has been disposed.</summary>
    public double PeakMib { get; private set; }

    /// <param name="directory">Its state goes below.</param>
    /// <param name="options">Further ones of <c>agora master</c>.</param>
    public static async Task<MasterProcess> StartAsync(string directory, params IEnumerable<string> options)
    {
        // As who installs Agora runs it: compiled ahead of time.
        var process = Process.Start(new ProcessStartInfo(Path.Combine(BenchDirectory.Bin, "agora-master"),
            ["--port", "0", "--work-dir", Path.Combine(directory, "master"), .. options])
        { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith("ready ", StringComparison.Ordinal))
                return new MasterProcess(process, new Uri(line["ready ".Length..]));
        throw new InvalidOperationException("the master did not come up");
    }

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _process.Refresh();
        if (!_process.HasExited)
        {
            PeakMib = _process.PeakWorkingSet64 / (double)(1 << 20);
            _process.Kill();
        }
        _process.WaitForExit();
        _process.Dispose();
    }
}
