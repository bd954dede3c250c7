using System.Diagnostics;
using Agora.Election;

namespace Agora.Workloads.Recovery;

/// <summary>Carries out faults, and ends those that last.</summary>
internal sealed class FaultStriker(ChaosSite site, Func<double> clock) : IAsyncDisposable
{
    private readonly ILeaderFinder _finder = site.Location.CreateFinder();
    private readonly List<Task> _ending = [];

    public async Task<FaultEvent> StrikeAsync(Fault fault)
    {
        if (fault.Blow == Blow.CutOff)
        {
            var (node, link) = site.Links[fault.Pick % site.Links.Count];
            var cut = clock();
            await RunAsync("ip", "link", "set", link, "down");
            _ending.Add(LaterAsync(fault.Seconds, "ip", "link", "set", link, "up"));
            return new FaultEvent(fault, cut, node);
        }
        var leader = fault.Target is Target.Leader or Target.Standby ? await _finder.FindAsync(null, CancellationToken.None) : null;
        var found = ProcessScan.Of([site.Root], fault.Target, leader);
        if (found.Count == 0)
            return new FaultEvent(fault, clock(), null);
        var victim = found[fault.Pick % found.Count];
        // What it does may be seen before the command that does it has ended.
        var at = clock();
        await RunAsync("/bin/kill", fault.Blow == Blow.Kill ? "-KILL" : "-STOP", $"{victim.Pid}");
        if (fault.Blow == Blow.Stop)
            _ending.Add(LaterAsync(fault.Seconds, "/bin/kill", "-CONT", $"{victim.Pid}"));
        return new FaultEvent(fault, at, victim.ToString());
    }

    /// <summary>Waits until all that lasts is over, and makes sure that it is.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(_ending);
        foreach (var (_, link) in site.Links)
            await RunAsync("ip", "link", "set", link, "up");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_ending);
        await _finder.DisposeAsync();
    }

    private static async Task LaterAsync(double seconds, params string[] command)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        await RunAsync(command);
    }

    /// <summary>It may fail: a victim may end by itself before.</summary>
    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
    }
}
