namespace Agora.Daemon.Containers.Cgroups;

/// <summary>Where this machine's control groups are, as this process sees them.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Own">Directory of the group that this process is in, by controller; with version 2 the same for all.</param>
public sealed record CgroupMounts(int Version, IReadOnlyDictionary<string, string> Own)
{
    /// <summary>Those that limits need.</summary>
    private static readonly string[] Needed = ["cpu", "memory"];

    /// <summary>The one for sets of processors.</summary>
    public const string Sets = "cpuset";

    private static readonly string[] Used = [.. Needed, "cpuacct", "pids", Sets];

    /// <summary>Looks for the kernel's controllers; version 1 where it has them, since version 2 then has none.</summary>
    /// <param name="mountInfo">Lines of <c>/proc/self/mountinfo</c>.</param>
    /// <param name="ownGroups">Lines of <c>/proc/self/cgroup</c>.</param>
    /// <returns>Null if there are none, or not those for processors and memory.</returns>
    public static CgroupMounts? Find(IEnumerable<string> mountInfo, IEnumerable<string> ownGroups)
    {
        var groups = ownGroups.Select(l => l.Split(':', 3)).Where(f => f.Length == 3).ToList();
        Dictionary<string, string> version1 = [];
        string? version2 = null;
        foreach (var line in mountInfo)
        {
            // 36 35 98:0 / /sys/fs/cgroup/cpu rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct
            var halves = line.Split(" - ", 2);
            if (halves.Length < 2)
                continue;
            var (place, kind) = (halves[0].Split(' ')[4], halves[1].Split(' '));
            if (kind is ["cgroup", _, var options, ..])
            {
                foreach (var controller in options.Split(',').Intersect(Used))
                    if (groups.FirstOrDefault(g => g[1].Split(',').Contains(controller)) is { } own)
                        version1[controller] = Below(place, own[2]);
            }
            else if (kind[0] == "cgroup2" && groups.FirstOrDefault(g => g[1].Length == 0) is { } unified)
            {
                version2 = Below(place, unified[2]);
            }
        }
        if (Needed.All(version1.ContainsKey))
            return new CgroupMounts(1, version1);
        if (version2 is null || !File.Exists(Path.Combine(version2, "cgroup.controllers")))
            return null;
        var controllers = File.ReadAllText(Path.Combine(version2, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return Needed.All(controllers.Contains) ? new CgroupMounts(2, Used.Where(c => c != Sets || controllers.Contains(c)).ToDictionary(c => c, _ => version2)) : null;
    }

    /// <summary>As <see cref="Find(IEnumerable{string}, IEnumerable{string})"/>, of this process.</summary>
    public static CgroupMounts? Find() => Find(File.ReadLines("/proc/self/mountinfo"), File.ReadLines("/proc/self/cgroup"));

    /// <summary>
    /// Those that a former process wrote down, if they are there still: an agent started anew may be in another group, and its
    /// containers' are below the former.
    /// </summary>
    public static CgroupMounts? Load(string path)
    {
        if (!File.Exists(path))
            return null;
        var lines = File.ReadAllLines(path).Select(l => l.Split(' ', 2)).Where(l => l.Length == 2).ToList();
        if (lines.FirstOrDefault() is not ["version", var number] || !int.TryParse(number, out var version))
            return null;
        var own = lines.Skip(1).ToDictionary(l => l[0], l => l[1]);
        return Needed.All(own.ContainsKey) && own.Values.All(Directory.Exists) ? new CgroupMounts(version, own) : null;
    }

    public void Save(string path) => File.WriteAllLines(path, [$"version {Version}", .. Own.Select(o => $"{o.Key} {o.Value}")]);

    /// <summary>A path that is not below the mount is of another namespace: the mount itself is then all there is.</summary>
    private static string Below(string mount, string path)
    {
        var directory = mount + path.TrimEnd('/');
        return Directory.Exists(directory) ? directory : mount;
    }
}
