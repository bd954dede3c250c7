namespace Agora.Daemon.Containers.Cgroups;

/// <summary>Version 1: a hierarchy for each controller, or for some together.</summary>
/// <param name="own">Directory of the agent's own group by controller.</param>
/// <param name="root">Name of the group below those that holds all containers'.</param>
/// <param name="hasSets">Processors are given in sets too.</param>
internal sealed class CgroupsV1(IReadOnlyDictionary<string, string> own, string root, bool hasSets = false) : ICgroups
{
    /// <summary>Of a whole processor, in what the kernel calls shares.</summary>
    private const long SharesOfCpu = 1_024, SharesMin = 2;

    private const long PeriodMicroseconds = 100_000, QuotaMin = 1_000;

    private readonly List<string> _owns = [.. own.Where(o => hasSets || o.Key != CgroupMounts.Sets).Select(o => o.Value).Distinct()];

    /// <summary>A former process may have used more than this one does.</summary>
    private readonly List<string> _all = [.. own.Values.Distinct()];

    public IReadOnlyList<string> Existing => Directory.Exists(Path.Combine(own["memory"], root))
        ? [.. Directory.EnumerateDirectories(Path.Combine(own["memory"], root)).Select(d => Path.GetFileName(d)!)] : [];

    public IReadOnlyList<Birthplace> Make(string name)
    {
        foreach (var directory in _owns)
            Directory.CreateDirectory(Path.Combine(directory, root, name));
        if (hasSets)
        {
            var sets = own[CgroupMounts.Sets];
            // Nothing can be born in a group that has none yet; those above come first.
            foreach (var group in (string[])[Path.Combine(sets, root), Path.Combine(sets, root, name)])
            {
                CgroupFiles.Write(group, "cpuset.mems", CgroupFiles.ReadText(sets, "cpuset.effective_mems"));
                CgroupFiles.Write(group, "cpuset.cpus", Processors);
            }
        }
        return [.. _owns.Select(directory => new Birthplace(
            Path.Combine(directory, root, name, CgroupFiles.Processes), Path.Combine(directory, CgroupFiles.Processes)))];
    }

    public void Limit(string name, CgroupLimits limits)
    {
        var cpu = Of("cpu", name)!;
        CgroupFiles.Write(cpu, "cpu.shares", Math.Max(SharesMin, limits.MilliCpus * SharesOfCpu / 1_000));
        if (limits.IsCpuHard)
        {
            CgroupFiles.Write(cpu, "cpu.cfs_period_us", PeriodMicroseconds);
            CgroupFiles.Write(cpu, "cpu.cfs_quota_us", Math.Max(QuotaMin, limits.MilliCpus * PeriodMicroseconds / 1_000));
        }
        if (limits.MemoryBytes > MemoryLimit(name))
        {
            var memory = Of("memory", name)!;
            // With swap it must never be below memory alone: raised before it.
            if (File.Exists(Path.Combine(memory, "memory.memsw.limit_in_bytes")) && MemoryLimit(name) > 0)
                CgroupFiles.Write(memory, "memory.memsw.limit_in_bytes", limits.MemoryBytes);
            CgroupFiles.Write(memory, "memory.limit_in_bytes", limits.MemoryBytes);
            if (File.Exists(Path.Combine(memory, "memory.memsw.limit_in_bytes")))
                CgroupFiles.Write(memory, "memory.memsw.limit_in_bytes", limits.MemoryBytes);
        }
        if (limits.Processes > 0 && Of("pids", name) is { } pids)
            CgroupFiles.Write(pids, "pids.max", limits.Processes);
    }

    public string Processors => hasSets ? CgroupFiles.ReadText(own[CgroupMounts.Sets], "cpuset.effective_cpus") : "";

    public void Confine(string name, string processors) => CgroupFiles.Write(Of(CgroupMounts.Sets, name)!, "cpuset.cpus", processors);

    public ResourceUsage? Usage(string name)
    {
        var memory = Of("memory", name)!;
        if (!Directory.Exists(memory))
            return null;
        var nanoseconds = CgroupFiles.Read(Of("cpuacct", name) ?? Of("cpu", name)!, "cpuacct.usage");
        return new ResourceUsage(TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick),
            CgroupFiles.Read(memory, "memory.stat", "total_rss"), CgroupFiles.Read(memory, "memory.max_usage_in_bytes"));
    }

    public long OomKills(string name) => CgroupFiles.Read(Of("memory", name)!, "memory.oom_control", "oom_kill");

    public long MemoryLimit(string name) => CgroupFiles.Read(Of("memory", name)!, "memory.limit_in_bytes");

    public bool Remove(string name)
    {
        var isGone = true;
        foreach (var directory in _all)
            isGone &= CgroupFiles.Remove(Path.Combine(directory, root, name));
        return isGone;
    }

    public void RemoveAll()
    {
        foreach (var directory in _all)
            CgroupFiles.Remove(Path.Combine(directory, root));
    }

    private string? Of(string controller, string name) => own.TryGetValue(controller, out var directory) ? Path.Combine(directory, root, name) : null;
}
