namespace Agora.Workloads.Live.Macro;

/// <summary>The paper's four frameworks and their jobs (section 7.1, table 3), small.</summary>
/// <param name="data">A directory with the text, the programs and what the jobs are to find.</param>
internal sealed class MacroMix(MacroSizes sizes, string data)
{
    public const string Facebook = "facebook", Large = "large", Spark = "spark", Torque = "torque", MpiRole = "mpi";

    private const string LargeKind = "search";

    /// <summary>For tasks of a second, in proportion to the usual wait of 5 s for tasks that take half a minute.</summary>
    private const string Wait = "-D agora.locality.wait.node.ms=300 -D agora.locality.wait.rack.ms=300";

    private static readonly string Programs =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "spark-programs", "Agora.Spark.Programs.dll"));

    public static IReadOnlyList<string> Frameworks { get; } = [Facebook, Large, Spark, Torque];

    public static string Title(string framework) => framework switch
    {
        Facebook => "Facebook Hadoop mix",
        Large => "Large Hadoop mix",
        Spark => "Spark",
        _ => "Torque / MPI",
    };

    /// <summary>Files that a Hadoop framework reads, with their numbers of blocks.</summary>
    public IReadOnlyList<(string File, int Blocks)> InputsOf(string framework) => framework == Large
        ? [(Path.Combine(data, Input(Large, LargeKind, sizes.LargeMaps)), sizes.LargeMaps)]
        : [.. sizes.Facebook.Select(b => (b.Kind, b.Maps)).Distinct().Select(b => (Path.Combine(data, Input(framework, b.Kind, b.Maps)), b.Maps))];

    public string WarmUpFile => Path.Combine(data, WarmUpInput);

    /// <summary>In one small block, so that a job over it has as many tasks as it asks for.</summary>
    private const string WarmUpInput = "warm-up";

    private static string Input(string framework, string kind, int blocks) => $"{framework}-{kind}{blocks}";

    /// <summary>Lines of shell that make the data and what jobs are to find in it, without a cluster.</summary>
    public IEnumerable<(string What, string Line)> Preparation()
    {
        var queries = sizes.Facebook.Select(b => (Framework: Facebook, b.Kind, b.Maps, IsReduced: b.Reduces > 0, Lines: b.Maps * b.Lines))
            .Append((Framework: Large, Kind: LargeKind, Maps: sizes.LargeMaps, IsReduced: false, Lines: sizes.LargeMaps * sizes.LargeLines)).Distinct().ToList();
        yield return ("text", $"python3 text.py {queries.Max(q => q.Lines)} > text");
        yield return ("text", $"head -n 100 text > {WarmUpInput}");
        foreach (var (framework, kind, maps, isReduced, lines) in queries)
        {
            var reduce = isReduced ? $" | LC_ALL=C sort | python3 {MacroPrograms.Python} sum" : "";
            yield return ("the text, and what the Hadoop jobs are to find in it",
                $"head -n {lines} text | tee {Input(framework, kind, maps)} | python3 {MacroPrograms.Python} {kind}{reduce} | LC_ALL=C sort > {Input(framework, kind, maps)}.expected");
        }
        foreach (var program in new[] { sizes.Als, sizes.Regression })
            yield return ("what the Spark jobs are to find",
                $"spark-submit --master 'local[2]' {Programs} {program} > '{program}.expected'");
        foreach (var edge in new[] { sizes.TachyonSmall, sizes.TachyonLarge })
            yield return ("the pictures of the batch jobs", $"{Tachyon(edge, $"{edge}.expected")} > {edge}.out");
        yield return ("the pictures of the batch jobs",
            "mkdir lib && ln -s /usr/lib/$(gcc -print-multiarch)/libtachyon-openmpi.so.0 lib/libtachyon.so.0");
    }

    /// <summary>
    /// A job that has a TaskTracker begin on each node, as in a cluster that has been up for a while; before the clock runs.
    /// </summary>
    public static string WarmUp(string framework, int tasks) => $"AGORA_HOME=$PWD/{framework} hadoop jar hadoop-streaming.jar " +
        $"-D mapred.map.tasks={tasks} -D agora.locality.wait.node.ms=0 -D agora.locality.wait.rack.ms=0 " +
        $"-input /{WarmUpInput} -output /warm-{framework} -mapper 'sleep 1' -reducer NONE";

    /// <summary>In the order of submission for each framework.</summary>
    /// <param name="round">Which time they are submitted: names of later rounds end in its number.</param>
    public IReadOnlyList<MacroJob> Jobs(int round = 1)
    {
        var end = round == 1 ? "" : $"-{round}";
        List<MacroJob> jobs = [];
        var facebook = FacebookOrder();
        for (var i = 0; i < facebook.Count; i++)
            jobs.Add(Hadoop(Facebook, facebook[i].Type, facebook[i].Kind, facebook[i].Maps, facebook[i].Reduces, $"facebook{i + 1}{end}",
                sizes.Span * i / facebook.Count, isAfterPrevious: false));
        for (var i = 0; i < sizes.LargeJobs; i++)
            jobs.Add(Hadoop(Large, "large text search", LargeKind, sizes.LargeMaps, 0, $"large{i + 1}{end}", 0, isAfterPrevious: true));
        for (var i = 0; i < sizes.SparkJobs; i++)
        {
            var (type, program) = i % 3 == 1 ? ("logistic regression", sizes.Regression) : ("ALS", sizes.Als);
            var name = $"spark{i + 1}{end}";
            jobs.Add(new MacroJob(Spark, type, name, i == 0 ? 0 : sizes.SparkPause, true,
                $"spark-submit --master agora --role {Spark} --executor-memory 512m {Programs} {program} > {name}.out",
                $"cmp {name}.out '{data}/{program}.expected'"));
        }
        var pictures = sizes.TachyonSmallJobs + sizes.TachyonLargeJobs;
        for (var i = 0; i < pictures; i++)
        {
            // The large ones come first, as in the paper, and all in pairs: somebody sends off two at a time.
            var (type, edge) = i < sizes.TachyonLargeJobs ? ("large tachyon", sizes.TachyonLarge) : ("small tachyon", sizes.TachyonSmall);
            jobs.Add(Batch(type, edge, $"tachyon{i + 1}{end}", sizes.Span * (i / 2 * 2) / pictures));
        }
        return jobs;
    }

    /// <summary>The same for every run.</summary>
    private List<FacebookBin> FacebookOrder()
    {
        // Each kind evenly over the time, and no two kinds at once.
        var all = sizes.Facebook.SelectMany((b, kind) => Enumerable.Range(0, b.Jobs)
            .Select(i => (Bin: b, Place: (i + (kind + 1.0) / (sizes.Facebook.Count + 1)) / b.Jobs)));
        return [.. all.OrderBy(x => x.Place).ThenBy(x => x.Bin.Maps).Select(x => x.Bin)];
    }

    private MacroJob Hadoop(string framework, string type, string kind, int maps, int reduces, string name, double at, bool isAfterPrevious)
    {
        var reducer = reduces == 0 ? "-reducer NONE" : $"-reducer 'python3 {MacroPrograms.Python} sum'";
        var home = $"AGORA_HOME=$PWD/{framework}";
        return new MacroJob(framework, type, name, at, isAfterPrevious,
            $"{home} hadoop jar hadoop-streaming.jar {Wait} -D mapred.map.tasks={maps} -D mapred.reduce.tasks={reduces} " +
            $"-input /{Input(framework, kind, maps)} -output /{name} -file {data}/{MacroPrograms.Python} -mapper 'python3 {MacroPrograms.Python} {kind}' {reducer}",
            // Streaming ends each line without a value in a tab.
            $"{home} hadoop fs -cat '/{name}/part-*' | sed 's/\\t$//' | LC_ALL=C sort | cmp - {data}/{Input(framework, kind, maps)}.expected");
    }

    private MacroJob Batch(string type, int edge, string name, double at)
    {
        var script = $"export LD_LIBRARY_PATH={data}/lib; mpiexec -n 2 -x LD_LIBRARY_PATH {Tachyon(edge, $"{name}.ppm")}";
        return new MacroJob(Torque, type, name, at, false,
            // A server that is away for a moment is asked again.
            $"id=$(qsub -b 60 -N {name} -l procs=2,walltime=00:10:00 -d $PWD -o {name}.out -e {name}.err <<< '{script}') || exit; " +
            "until told=$(qstat -f $id) && grep -q 'job_state = C' <<< \"$told\"; do sleep 0.1; done; grep 'exit_status = ' <<< \"$told\"; " +
            "grep -q 'exit_status = 0' <<< \"$told\"",
            $"cmp {name}.ppm {data}/{edge}.expected");
    }

    /// <summary>The small picture once more, by MPI as a framework of its own.</summary>
    public MacroJob Mpi(string name) => new(MpiRole, "small tachyon by mpiexec", name, 0, true,
        $"export LD_LIBRARY_PATH={data}/lib; mpiexec --role {MpiRole} --name {name} -n 2 -x LD_LIBRARY_PATH {Tachyon(sizes.TachyonSmall, $"{name}.ppm")}",
        $"cmp {name}.ppm {data}/{sizes.TachyonSmall}.expected");

    private static string Tachyon(int edge, string picture) =>
        $"tachyon-nox /usr/share/doc/tachyon/examples/scenes/balls.dat -numthreads 1 -res {edge} {edge} -format PPM -o {picture}";
}
