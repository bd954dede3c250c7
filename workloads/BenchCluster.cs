using System.Text.Json.Nodes;
using Agora.Election;
using Agora.Sdk;
using Agora.Workloads.Reports;

namespace Agora.Workloads;

/// <summary>A cluster for one benchmark, its directory of data, and a shell that sees both.</summary>
internal sealed class BenchCluster : BenchDirectory
{
    private BenchCluster(int port) => Master = new Uri($"http://127.0.0.1:{port}");

    private bool _isEnded;

    public Uri Master { get; }

    /// <param name="options">For <c>agora up</c>.</param>
    public static async Task<BenchCluster> StartAsync(string options, CancellationToken cancellation)
    {
        var port = Ports.Free();
        cancellation.ThrowIfCancellationRequested();
        var cluster = new BenchCluster(port);
        try
        {
            await Task.Run(() => cluster.Shell($"agora up {options} --port {port} --detach"), cancellation);
            MasterAccess.Remember(new MasterLocation.Hosts([cluster.Master]), MasterAccess.OfState(Path.Combine(cluster.Directory, "state")));
            return cluster;
        }
        catch
        {
            cluster.Delete();
            throw;
        }
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

    /// <summary>Directories of the control groups for processors in which <c>agora up --cpu-quota</c> put the nodes.</summary>
    public IReadOnlyList<string> NodeGroups()
    {
        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(Directory, "state", "cluster.json")))!;
        var pids = description["processes"]!.AsArray().Select(p => (int)p!["pid"]!).ToHashSet();
        return [.. System.IO.Directory.EnumerateDirectories("/sys/fs/cgroup", "agora-*", SearchOption.AllDirectories)
            .Where(g => File.Exists(Path.Combine(g, "cpu.max")) || File.Exists(Path.Combine(g, "cpu.cfs_quota_us")))
            .Where(g => File.ReadLines(Path.Combine(g, "cgroup.procs")).Any(pid => pids.Contains(int.Parse(pid))))];
    }

    /// <summary>Ends the cluster; its directory stays.</summary>
    public async Task EndAsync()
    {
        if (_isEnded)
            return;
        _isEnded = true;
        await Task.Run(() => Run("agora down"));
    }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync();
        await base.DisposeAsync();
    }
}
