using Agora.Workloads.Reports;

namespace Agora.Workloads.Live.Macro;

/// <summary>The paper's section 7.1, small and for real: four frameworks on one cluster against each on a quarter of it.</summary>
internal sealed class MacroExperiment : IExperiment
{
    /// <summary>Of a processor for a node: four of them leave a part of two processors for what stands beside the nodes.</summary>
    private const decimal PerNode = 0.35m;

    private const string Table4 = "Mesos paper, table 4", Text = "Mesos paper, section 7.1";

    private static readonly Dictionary<string, double> Published = new()
    {
        [MacroMix.Facebook] = 1.14,
        [MacroMix.Large] = 2.10,
        [MacroMix.Spark] = 1.26,
        [MacroMix.Torque] = 0.96,
    };

    public string Name => "macro";
    public Mode Mode => Mode.Live;

    public string Description => $"""
        Four frameworks with real programs on real data: two Hadoops (streaming jobs over text: many of all sizes, and large
        ones one after the other), Spark (ALS and logistic regression) and batch jobs of MPI programs (the tachyon ray
        tracer). Once on {MacroSites.Nodes} nodes that they share, once each on a node of its own. Every job's result is
        checked. Nodes are held to a part of a processor, which needs root.

        Installs MPI and the ray tracer from Debian's packages if they are missing.
        """;

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        var sizes = options.Quick ? MacroSizes.Quick : MacroSizes.Usual;
        await using var data = new BenchDirectory();
        var mix = new MacroMix(sizes, data.Directory);
        var jobs = mix.Jobs();
        await Task.Run(() => Prepare(mix, data, progress), cancellation);
        var quota = new Quota(PerNode);

        async Task<MacroRun> Run(bool isShared)
        {
            var name = isShared ? "on shared nodes" : "on static partitions";
            double from = isShared ? 0.1 : 0.5, part = isShared ? 0.4 : 0.5;
            progress.Tell(from, $"starting the cluster, {name}");
            await using var sites = await MacroSites.StartAsync(isShared, quota, mix, cancellation);
            if (isShared)
                progress.Say($"The dashboard, while they share (the link lets you in once, within five minutes): {sites.Of(MacroMix.Torque).Shell("agora dashboard").Trim()}");
            return await MacroRun.OfAsync(sites, jobs, ended =>
                progress.Tell(from + part * ended / jobs.Count, $"{name}: {ended} of {jobs.Count} jobs have ended"), cancellation);
        }

        var shared = await Run(isShared: true);
        if (options.Directory is { } directory)
            ShowEarly(SharesOf(shared), directory, progress);
        var apart = await Run(isShared: false);
        return Find(shared, apart, quota);
    }

    private static void Prepare(MacroMix mix, BenchDirectory data, Progress progress)
    {
        data.Shell(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "workloads", "mpi", "install")));
        MacroPrograms.Write(data.Directory);
        var lines = mix.Preparation().ToList();
        void Make(int i)
        {
            progress.Tell(0.1 * i / lines.Count, $"making {lines[i].What}");
            data.Shell(lines[i].Line);
        }

        // The text comes first: the others read it.
        Make(0);
        Parallel.For(1, lines.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, Make);
    }

    /// <summary>Figures and pictures of the two runs.</summary>
    internal static Findings Find(MacroRun shared, MacroRun apart, Quota quota)
    {
        List<Row> rows = [];
        foreach (var framework in MacroMix.Frameworks)
            rows.Add(new Row($"speed-up-{framework}", "times", apart.Sum(framework) / shared.Sum(framework), Published[framework], Table4));
        foreach (var framework in MacroMix.Frameworks)
        {
            rows.Add(new Row($"sum-of-running-times-{framework}-static", "s", apart.Sum(framework)));
            rows.Add(new Row($"sum-of-running-times-{framework}-shared", "s", shared.Sum(framework)));
        }
        var types = shared.Times.Select(t => (t.Job.Framework, t.Job.Type)).Distinct()
            .OrderBy(t => MacroMix.Frameworks.ToList().IndexOf(t.Framework)).ToList();
        double Mean(MacroRun run, string type) => run.Times.Where(t => t.Job.Type == type).Average(t => t.Seconds);
        foreach (var (_, type) in types)
            rows.Add(new Row($"speed-up-of-{Kebab(type)}", "times", Mean(apart, type) / Mean(shared, type)));
        rows.Add(new Row("makespan-static", "s", apart.Makespan));
        rows.Add(new Row("makespan-shared", "s", shared.Makespan));
        var (cpuApart, memoryApart) = Utilisation(apart, shared.Makespan);
        var (cpuShared, memoryShared) = Utilisation(shared, shared.Makespan);
        rows.Add(new Row("cpu-held-static", "%", cpuApart));
        rows.Add(new Row("cpu-held-shared", "%", cpuShared));
        rows.Add(new Row("cpu-held-gain", "points", cpuShared - cpuApart, 10, Text));
        rows.Add(new Row("memory-held-gain", "points", memoryShared - memoryApart, 17, Text));
        rows.Add(new Row("jobs-with-checked-results", "jobs", shared.Times.Count + apart.Times.Count));

        return new Findings(rows, [Times("jobs-shared", shared), Times("jobs-static", apart), Series("shares-shared", shared), Series("shares-static", apart)],
        [
            $"{MacroSites.Nodes} nodes shared by four frameworks against a node for each. A running time is from submission to the command's " +
            "return, so waiting is in it. One run of each.",
            quota.Note,
            "Held is the mean of what tasks hold, from the beginning until the shared run has ended, of both runs.",
            "The paper's figures are of 96 machines and jobs of minutes. Here an executor of Spark takes about a second of processor time to " +
            "begin, within its job: on four nodes, where a partition has one. TaskTrackers run before the clock does, batch slots without work are " +
            "kept for a second, and maps wait 0.3 s for their data.",
        ])
        {
            Pictures =
            [
                Picture.Bars("speed-ups", "speed-up by sharing", "framework", "sum of running times, static / shared",
                    [.. MacroMix.Frameworks.Select(MacroMix.Title)],
                    [
                        ("paper, 96 nodes", [.. MacroMix.Frameworks.Select(f => Published[f])]),
                        ($"ours, {MacroSites.Nodes} nodes", [.. MacroMix.Frameworks.Select(f => apart.Sum(f) / shared.Sum(f))]),
                    ],
                    "Above 1 a framework's jobs took less time on shared nodes than on a quarter of its own (the paper's table 4)."),
                Picture.Bars("job-types", "running times by type of job", "type of job", "mean running time in s",
                    [.. types.Select(t => t.Type.Replace(' ', '\n'))],
                    [
                        ("static", [.. types.Select(t => Math.Round(Mean(apart, t.Type), 1))]),
                        ("shared", [.. types.Select(t => Math.Round(Mean(shared, t.Type), 1))]),
                    ],
                    "Large jobs gain most; the smallest may wait a little longer for a place than on a partition that idles (the paper's table 5)."),
                SharesOf(shared),
                Shares("shares-static", "CPUs held on static partitions", apart, s => s.Cpus, apart.Total.Cpus, "processors as agents offer them",
                    "The same jobs, each framework on a quarter: no band grows beyond a quarter, whatever lies idle beside it."),
                Shares("memory-shared", "memory held on shared nodes", shared, s => s.MemoryMib, shared.Total.MemoryMib, "MiB",
                    "Memory that tasks and executors hold while all share."),
            ],
        };
    }

    private static string Kebab(string type) =>
        string.Join('-', type.Split([' ', '(', ')'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    /// <summary>Mean percentage that is held from the beginning to the given second, of processors and of memory.</summary>
    private static (double Cpus, double Memory) Utilisation(MacroRun run, double until)
    {
        var samples = run.Samples.Where(s => s.Seconds <= until).ToList();
        return (100 * samples.Average(s => s.Cpus.Values.Sum()) / run.Total.Cpus,
            100 * samples.Average(s => s.MemoryMib.Values.Sum()) / run.Total.MemoryMib);
    }

    private static Picture SharesOf(MacroRun shared) => Shares("shares-shared", "CPUs held on shared nodes", shared, s => s.Cpus, shared.Total.Cpus,
        "processors as agents offer them", "Who holds how much when all share (the paper's figure 4): what one framework leaves idle another takes.");

    private static void ShowEarly(Picture picture, string directory, Progress progress)
    {
        Directory.CreateDirectory(directory);
        var path = Path.GetFullPath(Path.Combine(directory, picture.Name + ".png"));
        File.WriteAllBytes(path, picture.Png("live"));
        progress.Say($"The picture of how they shared it: {path}. Now the same jobs, each framework on nodes of its own.");
    }

    private static Picture Shares(string name, string title, MacroRun run, Func<ShareSample, IReadOnlyDictionary<string, double>> held,
        double top, string unit, string caption) => Picture.Stack(name, title, "seconds from the beginning", unit,
        [.. run.Samples.Select(s => s.Seconds)],
        [.. MacroMix.Frameworks.Select(f => (MacroMix.Title(f), run.Samples.Select(s => held(s).GetValueOrDefault(f)).ToArray()))], top, caption);

    private static DataTable Times(string name, MacroRun run) => new(name, ["job", "framework", "type", "submitted_s", "ended_s"],
        [.. run.Times.OrderBy(t => t.Submitted).Select(t => (IReadOnlyList<object>)[t.Job.Name, t.Job.Framework, t.Job.Type,
            Math.Round(t.Submitted, 3), Math.Round(t.Ended, 3)])]);

    private static DataTable Series(string name, MacroRun run) => new(name,
        ["seconds", .. MacroMix.Frameworks.Select(f => $"{f}_cpus"), .. MacroMix.Frameworks.Select(f => $"{f}_memory_mib")],
        [.. run.Samples.Select(s => (IReadOnlyList<object>)[Math.Round(s.Seconds, 3),
            .. MacroMix.Frameworks.Select(f => s.Cpus.GetValueOrDefault(f)), .. MacroMix.Frameworks.Select(f => s.MemoryMib.GetValueOrDefault(f))])]);
}
