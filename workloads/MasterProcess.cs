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

    /// <summary>What docs/performance.md has masters of tens of thousands of busy agents allocate between collections of young objects.</summary>
    private const string LargeNursery = "20000000";
    private const int LargeCluster = 50_000;

    /// <summary>A master for so many agents, set up as an operator would.</summary>
    public static Task<MasterProcess> StartForAsync(int agents, string directory) => StartAsync(directory, agents >= LargeCluster ? LargeNursery : null, []);

    /// <param name="directory">Its state goes below.</param>
    /// <param name="options">Further ones of <c>agora master</c>.</param>
    public static Task<MasterProcess> StartAsync(string directory, params IEnumerable<string> options) => StartAsync(directory, null, options);

    private static async Task<MasterProcess> StartAsync(string directory, string? nursery, IEnumerable<string> options)
    {
        // As who installs Agora runs it: compiled ahead of time. Readers here ask as fast as they are answered.
        var start = new ProcessStartInfo(Path.Combine(BenchDirectory.Bin, "agora-master"),
            ["--port", "0", "--work-dir", Path.Combine(directory, "master"), "--http-rate", "0", .. options])
        { RedirectStandardOutput = true };
        if (nursery is not null)
            start.Environment["DOTNET_GCgen0size"] = nursery;
        var process = Process.Start(start)!;
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
