using Agora.Daemon.Containers.Cgroups;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

/// <summary>Both versions of control groups by their files, in a tree laid out as the kernel does.</summary>
public sealed class CgroupTests : IDisposable
{
    private readonly string _tree = Directory.CreateTempSubdirectory("agora-cgroups-").FullName;

    public void Dispose() => Directory.Delete(_tree, recursive: true);

    private string Group(string path, params (string File, string Text)[] files)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_tree, path)).FullName;
        foreach (var (file, text) in files)
            File.WriteAllText(Path.Combine(directory, file), text);
        return directory;
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_tree, path));

    [Fact]
    public void Version_1_is_found_with_the_groups_that_the_process_is_in()
    {
        Group("cpu,cpuacct/user");
        Group("memory");
        var mounts = CgroupMounts.Find(
            [
                "22 1 0:20 / /proc rw shared:1 - proc proc rw",
                $"30 25 0:26 / {_tree}/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct",
                $"31 25 0:27 / {_tree}/memory rw,nosuid shared:10 - cgroup cgroup rw,memory",
                $"32 25 0:28 / {_tree}/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw",
            ],
            ["4:cpu,cpuacct:/user", "3:memory:/somewhere/else", "0::/"]);
        Assert.Equal(1, mounts!.Version);
        Assert.Equal($"{_tree}/cpu,cpuacct/user", mounts.Own["cpu"]);
        Assert.Equal($"{_tree}/cpu,cpuacct/user", mounts.Own["cpuacct"]);
        // What is not below the mount is another namespace's.
        Assert.Equal($"{_tree}/memory", mounts.Own["memory"]);
    }

    [Fact]
    public void Version_2_is_found_where_it_has_the_controllers()
    {
        string[] mounted = [$"30 25 0:26 / {_tree} rw,nosuid shared:9 - cgroup2 cgroup2 rw"];
        Group("system.slice/agora.service", ("cgroup.controllers", "cpuset cpu io memory pids\n"));
        var mounts = CgroupMounts.Find(mounted, ["0::/system.slice/agora.service"]);
        Assert.Equal((2, $"{_tree}/system.slice/agora.service"), (mounts!.Version, mounts.Own["memory"]));
        Group("system.slice/agora.service", ("cgroup.controllers", "hugetlb\n"));
        Assert.Null(CgroupMounts.Find(mounted, ["0::/system.slice/agora.service"]));
        Assert.Null(CgroupMounts.Find([], []));
    }

    [Fact]
    public void What_was_found_is_kept_for_the_next_process()
    {
        Group("a");
        var mounts = new CgroupMounts(1, new Dictionary<string, string> { ["cpu"] = $"{_tree}/a", ["memory"] = $"{_tree}/a" });
        var file = Path.Combine(_tree, "cgroups");
        Assert.Null(CgroupMounts.Load(file));
        mounts.Save(file);
        var loaded = CgroupMounts.Load(file);
        Assert.Equal((1, $"{_tree}/a"), (loaded!.Version, loaded.Own["memory"]));
        Directory.Delete(Path.Combine(_tree, "a"));
        Assert.Null(CgroupMounts.Load(file));
    }

    [Fact]
    public void Version_2_is_written_and_read_by_its_files()
    {
        // What the kernel makes with each group, laid out beforehand.
        var own = Group("own", ("cgroup.procs", "17\n"));
        var group = Group("own/tasks/1-t", ("memory.max", "max\n"), ("memory.swap.max", "max\n"),
            ("memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\n"), ("memory.stat", "anon 4096\nfile 8192\n"),
            ("memory.peak", "12288\n"), ("cpu.stat", "usage_usec 1500000\nuser_usec 1000000\n"));
        var groups = new CgroupsV2(own, "tasks");
        var place = Assert.Single(groups.Make("1-t"));
        Assert.Equal(($"{group}/cgroup.procs", $"{own}/agora-agent/cgroup.procs"), (place.EnterFile, place.LeaveFile));
        // The agent has left the group that hands its controllers on.
        Assert.Equal("17", Read("own/agora-agent/cgroup.procs"));
        Assert.Equal(("+cpu +memory +pids", "+cpu +memory +pids"), (Read("own/cgroup.subtree_control"), Read("own/tasks/cgroup.subtree_control")));

        groups.Limit("1-t", new CgroupLimits(1_500, 64L << 20, 100, IsCpuHard: true));
        Assert.Equal(("150", "150000 100000", "100"), (Read("own/tasks/1-t/cpu.weight"), Read("own/tasks/1-t/cpu.max"), Read("own/tasks/1-t/pids.max")));
        Assert.Equal(($"{64L << 20}", "0"), (Read("own/tasks/1-t/memory.max"), Read("own/tasks/1-t/memory.swap.max")));
        // Raised, but never lowered.
        groups.Limit("1-t", new CgroupLimits(500, 32L << 20, 0, IsCpuHard: false));
        Assert.Equal(("50", 64L << 20), (Read("own/tasks/1-t/cpu.weight"), groups.MemoryLimit("1-t")));
        groups.Limit("1-t", new CgroupLimits(500, 96L << 20, 0, IsCpuHard: false));
        Assert.Equal(96L << 20, groups.MemoryLimit("1-t"));

        Assert.Equal(new ResourceUsage(TimeSpan.FromSeconds(1.5), 4096, 12288), groups.Usage("1-t"));
        Assert.Equal((2, 0), (groups.OomKills("1-t"), groups.OomKills("2-none")));
        Assert.Null(groups.Usage("2-none"));
        Assert.Equal(["1-t"], groups.Existing);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(500, 512)]
    [InlineData(3_000, 3_072)]
    public void Version_1_has_shares_of_1024_a_processor_and_no_fewer_than_two(long milliCpus, int shares)
    {
        var cpu = Group("cpu");
        var memory = Group("memory");
        Group("cpu/tasks/1-t");
        Group("memory/tasks/1-t", ("memory.limit_in_bytes", "9223372036854771712\n"));
        var groups = new CgroupsV1(new Dictionary<string, string> { ["cpu"] = cpu, ["memory"] = memory }, "tasks");
        Assert.Equal(0, groups.MemoryLimit("1-t"));
        groups.Limit("1-t", new CgroupLimits(milliCpus, 1L << 30, 0, IsCpuHard: false));
        Assert.Equal(($"{shares}", 1L << 30), (Read("cpu/tasks/1-t/cpu.shares"), groups.MemoryLimit("1-t")));
        Assert.False(File.Exists(Path.Combine(_tree, "cpu/tasks/1-t/cpu.cfs_quota_us")));
    }

    [Fact]
    public void Version_1_gives_processors_to_groups_before_anything_is_born_in_them()
    {
        var sets = Group("cpuset", ("cpuset.effective_cpus", "0-3\n"), ("cpuset.effective_mems", "0\n"));
        var own = new Dictionary<string, string> { ["cpu"] = Group("cpu"), ["memory"] = Group("memory"), ["cpuset"] = sets };
        var groups = new CgroupsV1(own, "tasks", hasSets: true);
        Assert.Equal("0-3", groups.Processors);
        Assert.Contains(groups.Make("1-t"), p => p.EnterFile == $"{sets}/tasks/1-t/cgroup.procs");
        Assert.Equal(("0-3", "0"), (Read("cpuset/tasks/cpuset.cpus"), Read("cpuset/tasks/1-t/cpuset.mems")));
        groups.Confine("1-t", "1,3");
        Assert.Equal("1,3", Read("cpuset/tasks/1-t/cpuset.cpus"));

        var without = new CgroupsV1(own, "tasks");
        Assert.Equal("", without.Processors);
        Assert.DoesNotContain(without.Make("2-t"), p => p.EnterFile.StartsWith(sets, StringComparison.Ordinal));
    }
}
