using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agora.Cli;

/// <summary>
/// Control groups that hold each node of the embedded cluster to a part of a processor: the agent is born in its node's
/// group, and so is all that it starts. Works with version 1 of control groups and with version 2.
/// </summary>
internal sealed class NodeGroups
{
    /// <summary>Short enough that what a node runs is slow, not halting; long against the kernel's 5 ms slices.</summary>
    private const int PeriodMicroseconds = 50_000;

    /// <summary>What is empty and older than this was left behind; younger ones may be another cluster's that is just starting.</summary>
    private static readonly TimeSpan LeftBehindAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan EmptyPatience = TimeSpan.FromSeconds(10);
    private const string Prefix = "agora-", Members = "cgroup.procs";

    private readonly string _directory;
    private readonly bool _isVersion2;

    private NodeGroups(string directory, bool isVersion2) => (_directory, _isVersion2) = (directory, isVersion2);

    /// <summary>The same for all clusters of one state directory.</summary>
    private static string Own => Prefix + Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes(Installation.StateDirectory)), 0, 4).ToLowerInvariant() + "-";

    /// <summary>The hierarchy that limits processors; null if none is mounted.</summary>
    public static NodeGroups? Find()
    {
        NodeGroups? found = null;
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            // 36 35 98:0 / /sys/fs/cgroup/cpu rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct
            var halves = line.Split(" - ", 2);
            var (place, kind) = (halves[0].Split(' ')[4], halves[1].Split(' '));
            if (kind[0] == "cgroup" && kind[2].Split(',').Contains("cpu"))
                return new NodeGroups(OwnPlace(place), isVersion2: false);
            if (kind[0] == "cgroup2" && Controllers(place).Contains("cpu"))
                found = new NodeGroups(place, isVersion2: true);
        }
        return found;
    }

    /// <summary>Makes a node's group with its limit.</summary>
    /// <param name="processors">Of the machine's; 0.25 is a quarter of one.</param>
    /// <returns>The file that takes the pid of the node's first process.</returns>
    /// <exception cref="IOException">The kernel refused.</exception>
    /// <exception cref="UnauthorizedAccessException">Only root may.</exception>
    public string Make(string node, decimal processors)
    {
        var group = Path.Combine(_directory, Own + node);
        var quota = ((long)(processors * PeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
        if (_isVersion2)
            File.WriteAllText(Path.Combine(_directory, "cgroup.subtree_control"), "+cpu");
        Directory.CreateDirectory(group);
        if (_isVersion2)
        {
            File.WriteAllText(Path.Combine(group, "cpu.max"), $"{quota} {PeriodMicroseconds}");
        }
        else
        {
            File.WriteAllText(Path.Combine(group, "cpu.cfs_period_us"), $"{PeriodMicroseconds}");
            File.WriteAllText(Path.Combine(group, "cpu.cfs_quota_us"), quota);
        }
        return Path.Combine(group, Members);
    }

    /// <summary>Removes the groups of this state directory, and ends what is still in them.</summary>
    public void Remove()
    {
        var waited = Stopwatch.StartNew();
        foreach (var group in Directory.EnumerateDirectories(_directory, Own + "*"))
        {
            while (!TryRemove(group) && waited.Elapsed < EmptyPatience)
            {
                foreach (var pid in ProcessesIn(group))
                    Native.Kill(pid, Native.SigKill);
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>Removes empty groups that other clusters left behind whose end nobody saw.</summary>
    public void Sweep()
    {
        foreach (var group in Directory.EnumerateDirectories(_directory, Prefix + "*"))
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(group) > LeftBehindAfter && !ProcessesIn(group).Any())
                TryRemove(group);
    }

    private static IEnumerable<int> ProcessesIn(string group)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(group).SelectMany(ProcessesIn), .. File.ReadAllLines(Path.Combine(group, Members)).Select(int.Parse)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>False while something is in it, or in a container's group below it; a group's files go with it.</summary>
    private static bool TryRemove(string group)
    {
        if (!Directory.Exists(group))
            return true;
        foreach (var below in Directory.EnumerateDirectories(group))
            TryRemove(below);
        return Native.RemoveDirectory(group) == 0 || !Directory.Exists(group);
    }

    private static string[] Controllers(string place)
    {
        var file = Path.Combine(place, "cgroup.controllers");
        return File.Exists(file) ? File.ReadAllText(file).Trim().Split(' ') : [];
    }

    /// <summary>Where this process is, so that limits around it go on holding.</summary>
    private static string OwnPlace(string mount)
    {
        // 4:cpu,cpuacct:/user.slice
        var path = File.ReadLines("/proc/self/cgroup").Select(l => l.Split(':', 3))
            .First(l => l[1].Split(',').Contains("cpu"))[2];
        var place = mount + path.TrimEnd('/');
        return Directory.Exists(place) ? place : mount;
    }
}
