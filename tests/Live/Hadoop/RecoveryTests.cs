using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>
/// A job over a gigabyte, in the middle of which a process of the cluster is killed with <c>kill -9</c>: its output is
/// what it would have been. Each test kills another one, so they share a cluster of their own.
/// </summary>
public sealed class RecoveryTests(RecoveryCluster shared) : IClassFixture<RecoveryCluster>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly HadoopCluster _cluster = shared.Cluster;

    [Fact]
    public Task A_killed_TaskTracker_costs_its_attempts_only() => AfterKillingAsync("tracker", () =>
    {
        var trackers = Processes("agora-hadoop tasktracker", _cluster.Service("hadoop-store"));
        Kill(trackers[0]);
    });

    [Fact]
    public Task A_killed_JobTracker_goes_on_with_the_job() => AfterKillingAsync("jobtracker", () =>
    {
        Kill(_cluster.ProcessOf("hadoop-jobtracker"));
    });

    [Fact]
    public Task A_killed_store_is_waited_for() => AfterKillingAsync("store", () =>
    {
        Kill(_cluster.ProcessOf("hadoop-store"));
    });

    [Fact]
    public Task A_killed_agent_takes_map_outputs_with_it_that_are_made_again() => AfterKillingAsync("agent", () =>
    {
        Kill(_cluster.ProcessOf("node4"));
    });

    /// <summary>Counts a gigabyte's first words; kills once some maps are done and others run.</summary>
    private async Task AfterKillingAsync(string name, Action kill)
    {
        var job = _cluster.RunAsync(
            $"hadoop jar hadoop-streaming.jar -input /recovery/in -output /recovery/{name} -numReduceTasks 2 " +
            "-mapper 'cut -c1-8' -reducer 'uniq -c'");
        await MidwayAsync(name);
        kill();
        var ended = await job;
        Assert.True(ended.Code == 0, ended.Error);
        var counted = await _cluster.OutputAsync($"hadoop fs -cat '/recovery/{name}/part-*' | awk '{{print $2, $1}}' | LC_ALL=C sort");
        Assert.Equal(shared.Expected, counted);
        Assert.Equal("_SUCCESS\npart-00000\npart-00001\n", await _cluster.OutputAsync(
            $"hadoop fs -ls /recovery/{name} | grep -v _logs | awk -F/ 'NF>1 {{print $NF}}'"));
    }

    /// <summary>Waits until some maps of the running job are done, and sees that not all of them are.</summary>
    private async Task MidwayAsync(string name)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_cluster.Service("hadoop-jobtracker")) };
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            using var jobs = JsonDocument.Parse(await http.GetStringAsync("/jobs", patience.Token));
            foreach (var job in jobs.RootElement.EnumerateArray())
            {
                if (job.GetProperty("state").GetString() is not ("Running" or "Prep"))
                    continue;
                var id = job.GetProperty("jobId").GetString();
                for (var version = -1L; ;)
                {
                    using var status = JsonDocument.Parse(
                        await http.GetStringAsync($"/jobs/{id}?after={version}&wait=10000", patience.Token));
                    version = status.RootElement.GetProperty("version").GetInt64();
                    if (status.RootElement.GetProperty("mapProgress").GetDouble() < 0.3)
                        continue;
                    Assert.True(status.RootElement.GetProperty("mapProgress").GetDouble() < 1, $"too late to kill during {name}");
                    return;
                }
            }
        }
    }

    private static void Kill(int process)
    {
        using var victim = Process.GetProcessById(process);
        victim.Kill();
        victim.WaitForExit();
    }

    /// <summary>Ids of processes whose command line holds both texts.</summary>
    private static List<int> Processes(string program, string argument)
    {
        List<int> found = [];
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var id))
                continue;
            try
            {
                var line = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
                if (line.Contains(program, StringComparison.Ordinal) && line.Contains(argument, StringComparison.Ordinal))
                    found.Add(id);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }
        return found;
    }
}

/// <summary>A cluster with a gigabyte in its store, on two nodes each block.</summary>
public sealed class RecoveryCluster : IAsyncLifetime
{
    private const int Lines = 10_000_000, Words = 2_000;

    public HadoopCluster Cluster { get; } = new();

    /// <summary>Each line's first eight characters and how often they come, in the order of bytes.</summary>
    public string Expected { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await Cluster.InitializeAsync();
        var file = Path.Combine(Path.GetTempPath(), $"agora-recovery-{Environment.ProcessId}");
        try
        {
            Expected = Generate(file);
            await Cluster.OutputAsync($"hadoop fs -D dfs.replication=2 -put {file} /recovery/in");
        }
        finally
        {
            File.Delete(file);
        }
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private static string Generate(string path)
    {
        var random = new Random(1);
        var counts = new int[Words];
        var line = new byte[100];
        line.AsSpan().Fill((byte)'x');
        line[^1] = (byte)'\n';
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            for (var i = 0; i < Lines; i++)
            {
                var word = random.Next(Words);
                counts[word]++;
                Encoding.ASCII.GetBytes(Name(word), line);
                file.Write(line);
            }
        }
        return string.Concat(counts.Select((c, w) => $"{Name(w)} {c}\n").Order(StringComparer.Ordinal));
    }

    private static string Name(int word) => word.ToString("word0000", CultureInfo.InvariantCulture);
}
