using System.Globalization;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Isolation;

/// <summary>The paper's section 7.7: what a web service suffers from who shares its node, with and without isolation.</summary>
internal sealed class IsolationExperiment : IExperiment
{
    private const string Paper = "Mesos paper, section 7.7", Asked = "what was asked for", Held = "cgroups", Apart = "cgroups with cpuset", Free = "posix";

    /// <summary>Stretches with the hog and without, in turn.</summary>
    private const int TurnsOfRound = 4;

    private const int Spinning = 256, ServiceMib = 512, HogMib = 512, EaterMib = 256, BurnSeconds = 10;

    /// <summary>Of all the node's processors: the service's and the hog's. They add up to the whole machine.</summary>
    private const decimal ServicePart = 0.75m, HogPart = 0.25m;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private static int Processors => Environment.ProcessorCount;

    public string Name => "isolation";
    public Mode Mode => Mode.Live;

    public string Description => """
        A web service beside a hog of 256 spinning processes, another framework's task on the same node, with control groups and
        without: how long its requests take, and how long they take alone. Then beside a task that eats memory, which is to be
        killed alone. And whether weights of 1 and 3, and a quota of half a processor, are kept. Needs root.
        """;

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        var (rounds, requests, time) = (options.Seeds ?? (options.Quick ? 1 : 3), options.Quick ? 60 : 200, TimeSpan.FromSeconds(options.Quick ? 20 : 60));
        progress.Tell(0, "starting a cluster with control groups");
        HogTimes held, apart;
        EaterResult eater;
        IReadOnlyList<double> besideEater;
        double ratio;
        await using (var cluster = await StartAsync($"--isolation {Held}", cancellation))
        {
            using var service = await ServiceAsync(cluster, cancellation);
            held = await HogAsync(cluster, Held, rounds, requests, time, part => progress.Tell(0.4 * part, "beside the hog, in control groups"), cancellation);
            progress.Tell(0.4, "beside a task that eats memory");
            (eater, besideEater) = await EatAsync(cluster, requests, time, cancellation);
            await service.KillAsync(cancellation);
            progress.Tell(0.5, "two tasks on one processor");
            var (small, large) = await TwoAsync(cluster, cancellation);
            ratio = large / small;
        }
        await using (var cluster = await StartAsync($"--agent-options '--isolation {Held} --cpuset'", cancellation))
        {
            using var service = await ServiceAsync(cluster, cancellation);
            apart = await HogAsync(cluster, Apart, rounds, requests, time, part => progress.Tell(0.5 + 0.2 * part, "beside the hog, with processors of its own"), cancellation);
            await service.KillAsync(cancellation);
        }
        HogTimes free;
        await using (var cluster = await StartAsync($"--isolation {Free}", cancellation))
        {
            using var service = await ServiceAsync(cluster, cancellation);
            free = await HogAsync(cluster, Free, rounds, requests, time, part => progress.Tell(0.7 + 0.2 * part, "beside the hog, not isolated"), cancellation);
            await service.KillAsync(cancellation);
        }
        double quota;
        await using (var cluster = await StartAsync($"--agent-options '--isolation {Held} --cpu-quota'", cancellation))
        {
            progress.Tell(0.9, "a quota of half a processor");
            WriteBurn(cluster);
            quota = await BurnAsync(cluster, 0.5m, "", DateTimeOffset.UtcNow, cancellation);
        }
        return Find(held, apart, free, eater, besideEater, ratio, quota);
    }

    private static Task<BenchCluster> StartAsync(string options, CancellationToken cancellation) =>
        BenchCluster.StartAsync($"--agents 1 --cpus {Processors} --mem 2048 --no-services {options}", cancellation);

    private static string Cpus(decimal part) => (part * Processors).ToString(CultureInfo.InvariantCulture);

    /// <summary>The port is in a file beside the cluster's data, for the client.</summary>
    private static async Task<RunningTask> ServiceAsync(BenchCluster cluster, CancellationToken cancellation)
    {
        var port = Ports.Free();
        await File.WriteAllTextAsync(PortFile(cluster), $"{port}", cancellation);
        var service = RunningTask.Start(cluster, $"--name pages --cpus {Cpus(ServicePart)} --mem {ServiceMib} -- {Environment.ProcessPath} {PageService.CommandName} {port}");
        await service.SaysAsync(PageService.Ready, cancellation);
        // What the runtime compiles again once it is known to be used often is no matter of isolation.
        await AskAsync(cluster, int.MaxValue, WarmUp, cancellation);
        return service;
    }

    private static string PortFile(BenchCluster cluster) => Path.Combine(cluster.Directory, "port");

    /// <summary>The client is to be disturbed by nobody: it is the service that is measured.</summary>
    private static async Task<IReadOnlyList<double>> AskAsync(BenchCluster cluster, int requests, TimeSpan time, CancellationToken cancellation)
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"chrt --fifo 10 {Environment.ProcessPath} {PageClient.CommandName} $(cat {PortFile(cluster)}) {requests} {time.TotalSeconds}");
        var output = await Task.Run(() => cluster.Shell(line), cancellation);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l, CultureInfo.InvariantCulture))];
    }

    private static async Task<HogTimes> HogAsync(BenchCluster cluster, string isolation, int rounds, int requests, TimeSpan time,
        Action<double> tell, CancellationToken cancellation)
    {
        // All wait until they are told to go on. Each has a session of its own, or Linux would hold them together as one by itself.
        var pids = Path.Combine(cluster.Directory, "hogs");
        await File.WriteAllTextAsync(Path.Combine(cluster.Directory, "hog.sh"), $$"""
            : >{{pids}}
            i=0
            while [ $i -lt {{Spinning}} ]; do
              setsid sh -c 'kill -STOP $$; while :; do :; done' &
              echo $! >>{{pids}}
              i=$((i + 1))
            done
            echo there
            wait
            """, cancellation);
        using var hog = RunningTask.Start(cluster, $"--name hog --cpus {Cpus(HogPart)} --mem {HogMib} -- sh {cluster.Directory}/hog.sh");
        await hog.SaysAsync("there", cancellation);
        List<double> alone = [], beside = [];
        var turns = rounds * TurnsOfRound;
        for (var turn = 0; turn < turns; turn++)
        {
            // In turn, so that what else goes on on the machine meets both alike.
            tell((double)turn / turns);
            cluster.Shell($"kill -STOP $(cat {pids})");
            alone.AddRange(await AskAsync(cluster, requests / TurnsOfRound, time / TurnsOfRound, cancellation));
            cluster.Shell($"kill -CONT $(cat {pids})");
            beside.AddRange(await AskAsync(cluster, requests / TurnsOfRound, time / TurnsOfRound, cancellation));
        }
        await hog.KillAsync(cancellation);
        return new HogTimes(isolation, alone, beside);
    }

    private static async Task<(EaterResult Eater, IReadOnlyList<double> Beside)> EatAsync(BenchCluster cluster, int requests, TimeSpan time,
        CancellationToken cancellation)
    {
        const string name = "eater";
        var asking = AskAsync(cluster, requests, time, cancellation);
        // It keeps all it reads until a line ends, which none does.
        using var eater = RunningTask.Start(cluster, $"--name {name} --cpus {Cpus(HogPart)} --mem {EaterMib} -- tail /dev/zero");
        await eater.EndAsync(cancellation);
        var result = EaterResult.Parse(cluster.Shell("agora tasks --json"), name);
        return result is { State: "Failed", Reason: "MemoryLimit" } ? (result, await asking)
            : throw new WrongOutputException($"who used too much memory ended as {result.State} for {result.Reason}: {result.Message}");
    }

    /// <summary>Two that both want all of one processor, for the same time.</summary>
    private static async Task<(double Small, double Large)> TwoAsync(BenchCluster cluster, CancellationToken cancellation)
    {
        var begin = DateTimeOffset.UtcNow.AddSeconds(4);
        WriteBurn(cluster);
        var times = await Task.WhenAll(BurnAsync(cluster, 0.25m, "taskset -c 0", begin, cancellation), BurnAsync(cluster, 0.75m, "taskset -c 0", begin, cancellation));
        return (times[0], times[1]);
    }

    private static void WriteBurn(BenchCluster cluster) => File.WriteAllText(Path.Combine(cluster.Directory, "burn.sh"), $$"""
        while [ $(date +%s) -lt $1 ]; do sleep 0.02; done
        TIMEFORMAT='%R %U %S'
        { time timeout {{BurnSeconds}} sh -c 'while :; do :; done'; } 2>&1
        """);

    /// <returns>How many processors it had.</returns>
    private static async Task<double> BurnAsync(BenchCluster cluster, decimal cpus, string before, DateTimeOffset begin, CancellationToken cancellation)
    {
        using var task = RunningTask.Start(cluster, string.Create(CultureInfo.InvariantCulture,
            $"--name burn --cpus {cpus} --mem 64 -- {before} bash {cluster.Directory}/burn.sh {begin.ToUnixTimeSeconds()}"));
        var (output, _) = await task.EndAsync(cancellation);
        var words = output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 3 ? (double.Parse(words[1], CultureInfo.InvariantCulture) + double.Parse(words[2], CultureInfo.InvariantCulture)) / double.Parse(words[0], CultureInfo.InvariantCulture)
            : throw new WrongOutputException($"a task that was to tell its processor time said: {output}");
    }

    internal static Findings Find(HogTimes held, HogTimes apart, HogTimes free, EaterResult eater, IReadOnlyList<double> besideEater, double ratio, double quota)
    {
        List<Row> rows = [];
        foreach (var (times, name, paper) in new (HogTimes, string, double?)[] { (held, "isolated", 1.3), (apart, "own-processors", null), (free, "not-isolated", 6.5) })
        {
            rows.Add(new Row($"alone-{name}", "ms", Measures.Median(times.Alone)));
            rows.Add(new Row($"beside-hog-{name}", "ms", Measures.Median(times.Beside)));
            rows.Add(new Row($"slow-down-{name}", "times", times.SlowDown, paper, paper is null ? "" : Paper));
            rows.Add(new Row($"slow-down-p95-{name}", "times", times.TailSlowDown));
        }
        rows.Add(new Row("slow-down-beside-eater", "times", Measures.Median(besideEater) / Measures.Median(held.Alone)));
        rows.Add(new Row("eater-peak", "MiB", eater.PeakMib, EaterMib, Asked));
        rows.Add(new Row("weights-1-to-3", "times", ratio, 3, Asked));
        rows.Add(new Row("quota-half", "processors", quota, 0.5, Asked));
        IEnumerable<IReadOnlyList<object>> Requests(string isolation, string beside, IReadOnlyList<double> times) =>
            times.Select(t => (IReadOnlyList<object>)[isolation, beside, t]);
        return new Findings(rows,
            [
                new DataTable("requests", ["isolation", "beside", "milliseconds"],
                [
                    .. new[] { held, apart, free }.SelectMany(t => Requests(t.Isolation, "nothing", t.Alone).Concat(Requests(t.Isolation, "hog", t.Beside))),
                    .. Requests(held.Isolation, "eater", besideEater),
                ]),
            ],
            [
                $"The node has all {Processors} processors of the machine; the service asked for {Cpus(ServicePart)} of them and the hog for {Cpus(HogPart)}, which it holds whatever it " +
                $"starts. {held.Alone.Count} requests alone and {held.Beside.Count} beside the hog with control groups, {free.Alone.Count} and {free.Beside.Count} without (less, where they take long), one after " +
                "the other, at most one each 0.1 s; the hog is stopped and goes on in turn. " +
                "Each page is made of an article's markup and compressed when it is asked for, so that a request is work for one processor. " +
                "Slow-downs are of medians, and of what 95 of 100 requests do not exceed.",
                $"The hog is {Spinning} processes with a session each. Linux holds the processes of a session together where sched_autogroup_enabled is set, so that a hog of one session is milder. " +
                "The paper does not describe its set-up. The client runs with a priority above all others, so that only the service is measured.",
                "Own processors: with --cpuset the service has the whole processors that it asked for to itself, and nothing of the hog runs there.",
                $"The task that ate memory ended as {eater.State} ({eater.Reason}): \"{eater.Message}\". Every page that was asked for meanwhile came, and was right. " +
                $"Weights: two tasks of 0.25 and 0.75 for {BurnSeconds} s on one processor. Quota: one of 0.5 on an idle machine, with --cpu-quota.",
            ])
        {
            Pictures =
            [
                Picture.Bars("isolation", "a web service beside 256 spinning processes", "", "times as long as alone", ["median request", "95th of 100"],
                    [
                        ("isolated", [held.SlowDown, held.TailSlowDown]),
                        ("own processors", [apart.SlowDown, apart.TailSlowDown]),
                        ("not isolated", [free.SlowDown, free.TailSlowDown]),
                    ],
                    "What control groups are for: the left bars stay near 1, whatever the neighbour does. The paper has 1.3 and 6.5."),
            ],
        };
    }
}
