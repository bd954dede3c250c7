using System.Diagnostics;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary>
/// Nodes that are reached over a network: each agent in a network namespace with an address of its own, the master on the
/// bridge between them.
/// </summary>
public sealed class NetworkTests : IAsyncLifetime
{
    private const int Nodes = 2;

    private readonly string _home = Directory.CreateTempSubdirectory("agora-networks-").FullName;
    private readonly int _net = Environment.ProcessId % 200;
    private readonly List<Process> _daemons = [];
    private string? _impossible;

    private string Bridge => $"agora{_net}";
    private string Master => $"http://10.77.{_net}.1:5050";

    public async ValueTask InitializeAsync()
    {
        var made = await Shell($"ip link add {Bridge} type bridge && ip addr add 10.77.{_net}.1/24 dev {Bridge} && ip link set {Bridge} up");
        if (made.ExitCode != 0)
        {
            _impossible = $"no networks of one's own here: {made.Error}";
            return;
        }
        await Daemon($"{Programs.Bin}/agora-master --port 5050 --bind 10.77.{_net}.1 --insecure --work-dir {_home}/master");
        for (var i = 1; i <= Nodes; i++)
        {
            var (space, link) = ($"{Bridge}n{i}", $"{Bridge}l{i}");
            await Done($"ip netns add {space} && ip link add {link} type veth peer name eth0 netns {space} && " +
                $"ip link set {link} master {Bridge} up && ip -n {space} addr add 10.77.{_net}.1{i}/24 dev eth0 && " +
                $"ip -n {space} link set eth0 up && ip -n {space} link set lo up");
            await Daemon($"ip netns exec {space} {Programs.Bin}/agora-agent --master {Master} --port 0 --bind 10.77.{_net}.1{i} --insecure " +
                $"--hostname far{i} --resources 'cpus:2;mem:2048' --work-dir {_home}/far{i}");
        }
        await Programs.Until("the agents to register", async () => await Shell($"agora agents --master {Master}"),
            f => f.Text.Split("active").Length == Nodes + 1, f => f.ToString());
    }

    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task Ranks_on_nodes_with_addresses_of_their_own_find_each_other(string flavour)
    {
        Assert.SkipWhen(_impossible is not null, _impossible ?? "");
        await Done($"mpicc.{flavour} -o hello.{flavour} {Programs.Bin}/../workloads/mpi/hello.c");
        var run = await Done($"mpiexec --master {Master} -n {2 * Nodes} ./hello.{flavour}");
        // 0+1+2+3; two ranks on each node.
        Assert.Equal(["far1, sum 6", "far1, sum 6", "far2, sum 6", "far2, sum 6"],
            run.Text.TrimEnd().Split('\n').Select(l => l.Split(" on ")[1]).Order());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in _daemons)
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync();
            daemon.Dispose();
        }
        for (var i = 1; i <= Nodes; i++)
            await Shell($"ip netns del {Bridge}n{i}");
        await Shell($"ip link del {Bridge}");
        Directory.Delete(_home, recursive: true);
    }

    private async Task Daemon(string line)
    {
        var process = Start($"exec {line} 2>>{_home}/log");
        _daemons.Add(process);
        var ready = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Programs.Patience);
        Assert.True(ready?.StartsWith("ready ", StringComparison.Ordinal), $"{line}: {ready} {await File.ReadAllTextAsync($"{_home}/log")}");
    }

    private async Task<Finished> Done(string line)
    {
        var finished = await Shell(line);
        Assert.True(finished.ExitCode == 0, $"{line}: {finished}");
        return finished;
    }

    private Task<Finished> Shell(string line) => Programs.EndOf(Start(line));

    private Process Start(string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line])
        {
            WorkingDirectory = _home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Programs.Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["AGORA_HOME"] = _home;
        start.Environment.Remove("AGORA_MASTER");
        return Process.Start(start)!;
    }
}
