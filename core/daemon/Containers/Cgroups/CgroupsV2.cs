using System.Globalization;

namespace Agora.Daemon.Containers.Cgroups;

/// <summary>
/// Version 2: one hierarchy. A group that hands its controllers on to others may hold no process itself, so what is in the
/// agent's own group moves into a leaf beside the containers'.
/// </summary>
/// <param name="own">Directory of the agent's own group.</param>
/// <param name="root">Name of the group below it that holds all containers'.</param>
/// <param name="hasSets">Processors are given in sets too.</param>
internal sealed class CgroupsV2(string own, string root, bool hasSets = false) : ICgroups
{
    private const string Leaf = "agora-agent", Control = "cgroup.subtree_control", Controllers = "+cpu +memory +pids";

    /// <summary>Of a whole processor; the kernel takes 1 to 10,000.</summary>
    private const long WeightOfCpu = 100, WeightMax = 10_000;

    private const long PeriodMicroseconds = 100_000, QuotaMin = 1_000;

    private readonly string _root = Path.Combine(own, root);
    private bool _isReady;

    public IReadOnlyList<string> Existing => Directory.Exists(_root)
        ? [.. Directory.EnumerateDirectories(_root).Select(d => Path.GetFileName(d)!)] : [];

    public IReadOnlyList<Birthplace> Make(string name)
    {
        Prepare();
        Directory.CreateDirectory(Path.Combine(_root, name));
        return [new Birthplace(Path.Combine(_root, name, CgroupFiles.Processes), Path.Combine(own, Leaf, CgroupFiles.Processes))];
    }

    public void Limit(string name, CgroupLimits limits)
    {
        var group = Path.Combine(_root, name);
        CgroupFiles.Write(group, "cpu.weight", Math.Clamp(limits.MilliCpus * WeightOfCpu / 1_000, 1, WeightMax));
        if (limits.IsCpuHard)
            CgroupFiles.Write(group, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(QuotaMin, limits.MilliCpus * PeriodMicroseconds / 1_000)} {PeriodMicroseconds}"));
        if (limits.MemoryBytes > MemoryLimit(name))
        {
            CgroupFiles.Write(group, "memory.max", limits.MemoryBytes);
            if (File.Exists(Path.Combine(group, "memory.swap.max")))
                CgroupFiles.Write(group, "memory.swap.max", 0);
        }
        if (limits.Processes > 0)
            CgroupFiles.Write(group, "pids.max", limits.Processes);
    }

    public string Processors => hasSets ? CgroupFiles.ReadText(own, "cpuset.cpus.effective") : "";

    public void Confine(string name, string processors) => CgroupFiles.Write(Path.Combine(_root, name), "cpuset.cpus", processors);

    public ResourceUsage? Usage(string name)
    {
        var group = Path.Combine(_root, name);
        if (!Directory.Exists(group))
            return null;
        return new ResourceUsage(TimeSpan.FromMicroseconds(CgroupFiles.Read(group, "cpu.stat", "usage_usec")),
            CgroupFiles.Read(group, "memory.stat", "anon"), CgroupFiles.Read(group, "memory.peak"));
    }

    public long OomKills(string name) => CgroupFiles.Read(Path.Combine(_root, name), "memory.events", "oom_kill");

    public long MemoryLimit(string name) => CgroupFiles.Read(Path.Combine(_root, name), "memory.max");

    public bool Remove(string name) => CgroupFiles.Remove(Path.Combine(_root, name));

    public void RemoveAll() => CgroupFiles.Remove(_root);

    private void Prepare()
    {
        if (_isReady)
            return;
        var leaf = Path.Combine(own, Leaf);
        Directory.CreateDirectory(leaf);
        foreach (var pid in File.ReadAllLines(Path.Combine(own, CgroupFiles.Processes)))
            CgroupFiles.Write(leaf, CgroupFiles.Processes, pid);
        var controllers = hasSets ? $"{Controllers} +{CgroupMounts.Sets}" : Controllers;
        CgroupFiles.Write(own, Control, controllers);
        Directory.CreateDirectory(_root);
        CgroupFiles.Write(_root, Control, controllers);
        _isReady = true;
    }
}
