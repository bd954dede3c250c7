using System.Globalization;
using System.Text.RegularExpressions;

namespace Agora.Workloads.Hadoop;

/// <summary>The measures, one after the other; each checks what its job wrote.</summary>
internal sealed partial class HadoopBench(BenchCluster cluster, bool quick)
{
    private const string Streaming = "hadoop jar hadoop-streaming.jar", Examples = "hadoop jar hadoop-examples.jar";

    /// <summary>What both sides of a sort may keep in memory.</summary>
    private const string SortMemory = "400M";

    /// <summary>Of which each of the eight tasks that run at once has its part, in MiB.</summary>
    private const int TaskSortMib = 50;

    private readonly Measures _measures = new();

    /// <exception cref="WrongOutputException">A job did not give what it should have.</exception>
    public void Run()
    {
        Programs();
        SmallJob();
        Listing();
        Grep();
        WordCount(200);
        if (!quick)
            WordCount(1000);
        PassThrough(quick ? 200 : 1000);
        TeraSort(500);
        if (!quick)
            TeraSort(1000);
        _measures.Print();
    }

    private void Programs()
    {
        File.WriteAllText(Path.Combine(cluster.Directory, "map.py"), """
            #!/usr/bin/env python3
            import sys
            for line in sys.stdin.buffer:
                for word in line.split():
                    sys.stdout.buffer.write(word + b'\t1\n')

            """);
        File.WriteAllText(Path.Combine(cluster.Directory, "reduce.py"), """
            #!/usr/bin/env python3
            import sys
            last, count = None, 0
            for line in sys.stdin.buffer:
                word, _, n = line.partition(b'\t')
                if word != last:
                    if last is not None:
                        sys.stdout.buffer.write(b'%s\t%d\n' % (last, count))
                    last, count = word, 0
                count += int(n)
            if last is not None:
                sys.stdout.buffer.write(b'%s\t%d\n' % (last, count))

            """);
        // Words by a power law from a fixed seed, so that there are frequent and rare ones.
        File.WriteAllText(Path.Combine(cluster.Directory, "text.py"), """
            import itertools, random, sys
            random.seed(42)
            words = [''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 9))) for _ in range(50000)]
            cumulated = list(itertools.accumulate(1 / (i + 1) for i in range(len(words))))
            picked = random.choices(words, cum_weights=cumulated, k=720000)
            block = '\n'.join(' '.join(picked[i:i + 12]) for i in range(0, len(picked), 12)) + '\n'
            left = int(sys.argv[1]) * 1000000
            while left > 0:
                sys.stdout.write(block[:left] if left < len(block) else block)
                left -= len(block)

            """);
        cluster.Shell("chmod +x *.py; head -c 1024 /dev/zero | tr '\\0' 'x' | fold -w 31 > small; echo >> small; hadoop fs -put small /bench/small");
        MakeText(200);
    }

    private void SmallJob()
    {
        var run = 0;
        string Next() => $"{Streaming} -input /bench/small -output /bench/small-out{run++} -mapper cat -reducer cat";
        cluster.Shell(Next());
        var seconds = Measures.Median(5, () => cluster.Time(Next()));
        Expect("hadoop fs -cat /bench/small-out0/part-00000 | tr -d '\\t' | cmp - <(LC_ALL=C sort small)");
        _measures.Add("small job, hadoop jar to return, median of 5", seconds, "s", null, "<= 1.0", seconds <= 1);
    }

    private void Listing()
    {
        var milliseconds = Measures.Median(20, () => cluster.Time("hadoop fs -ls /bench")) * 1000;
        _measures.Add("hadoop fs -ls, median of 20", milliseconds, "ms", null, "<= 40", milliseconds <= 40);
    }

    private void Grep()
    {
        var seconds = cluster.Time($"{Examples} grep /bench/text200 /bench/grep-out 'th[a-z]+'");
        Expect("cmp <(hadoop fs -cat /bench/grep-out/part-00000 | LC_ALL=C sort) " +
            "<(grep -oE 'th[a-z]+' text200 | LC_ALL=C sort | uniq -c | awk '{print $1 \"\\t\" $2}' | LC_ALL=C sort)");
        _measures.Add("grep example, 200 MB, both jobs", seconds, "s", null, "<= 4", seconds <= 4);
    }

    /// <summary>The same programs on both sides; then what a combiner, which a pipeline cannot have, makes of it.</summary>
    private void WordCount(int megabytes)
    {
        MakeText(megabytes);
        var reference = cluster.Time($"cat text{megabytes} | ./map.py | LC_ALL=C sort | ./reduce.py > expected{megabytes}");
        foreach (var (name, option) in (ReadOnlySpan<(string, string)>)[("", ""), (", with a combiner", "-combiner reduce.py")])
        {
            var output = $"/bench/wc{megabytes}{(option.Length > 0 ? "c" : "")}";
            var (job, seconds) = Job($"{Streaming} -D mapred.reduce.tasks=2 -input /bench/text{megabytes} -output {output} " +
                $"-file map.py -file reduce.py -mapper map.py {option} -reducer reduce.py");
            Expect($"cmp <(hadoop fs -cat '{output}/part-*' | LC_ALL=C sort) <(LC_ALL=C sort expected{megabytes})");
            _measures.Add($"word count, Python streaming, {megabytes} MB{name}", seconds, "s", reference,
                option.Length > 0 ? "" : "<= 0.75", option.Length > 0 || seconds <= 0.75 * reference);
            Locality($"data-local maps of it ({Counter(job, "Launched map tasks")} launched)", job);
        }
    }

    /// <summary>On TaskTrackers that have run the same before, so that what they compile at first is not in it.</summary>
    private void PassThrough(int megabytes)
    {
        foreach (var output in (ReadOnlySpan<string>)["/bench/cat-first", "/bench/cat"])
        {
            var before = cluster.TaskTrackerCpuSeconds();
            cluster.Shell($"{Streaming} -D mapred.reduce.tasks=0 -input /bench/text{megabytes} -output {output} -mapper cat");
            var seconds = (cluster.TaskTrackerCpuSeconds() - before) * 1000 / megabytes;
            if (output == "/bench/cat")
                _measures.Add("CPU of the TaskTrackers through cat, without reduces", seconds, "s/GB", null, "<= 1.2", seconds <= 1.2);
        }
        Expect($"cmp <(hadoop fs -cat '/bench/cat/part-*' | tr -d '\\t' | LC_ALL=C sort -S {SortMemory}) <(LC_ALL=C sort -S {SortMemory} text{megabytes})");
    }

    private void TeraSort(int megabytes)
    {
        cluster.Shell($"{Examples} teragen -D mapred.map.tasks=4 {megabytes}0000 /bench/tera{megabytes}; " +
            $"hadoop fs -cat '/bench/tera{megabytes}/part-*' > tera{megabytes}");
        var (job, seconds) = Job($"{Examples} terasort -D mapred.reduce.tasks=4 -D io.sort.mb={TaskSortMib} " +
            $"/bench/tera{megabytes} /bench/sorted{megabytes}");
        var reference = cluster.Time(
            $"LC_ALL=C sort --parallel=2 -S {SortMemory} tera{megabytes} -T . -o sorted{megabytes}");
        Expect($"hadoop fs -cat '/bench/sorted{megabytes}/part-*' | cmp - sorted{megabytes}");
        Expect($"{Examples} teravalidate /bench/sorted{megabytes} /bench/report{megabytes} && " +
            $"test $(hadoop fs -cat '/bench/report{megabytes}/part-*' | grep -vc ^checksum) = 0");
        cluster.Shell($"rm -f tera{megabytes} sorted{megabytes}; hadoop fs -rmr /bench/sorted{megabytes} /bench/tera{megabytes}");
        _measures.Add($"TeraSort, {megabytes} MB, all phases", seconds, "s", reference, "<= 1.0", seconds <= reference);
        Locality($"data-local maps of it ({Counter(job, "Launched map tasks")} launched)", job);
    }

    private void MakeText(int megabytes)
    {
        if (!File.Exists(Path.Combine(cluster.Directory, $"text{megabytes}")))
            cluster.Shell($"python3 text.py {megabytes} > text{megabytes} && hadoop fs -put text{megabytes} /bench/text{megabytes}");
    }

    private (string Job, double Seconds) Job(string line)
    {
        var clock = System.Diagnostics.Stopwatch.GetTimestamp();
        var error = cluster.Run(line).Error;
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(clock).TotalSeconds;
        return (JobLine().Match(error).Groups[1].Value, seconds);
    }

    private long Counter(string job, string name) =>
        cluster.Shell($"hadoop job -status {job}").Split('\n').Select(l => l.Trim().Split('='))
            .Where(p => p[0] == name).Select(p => long.Parse(p[1], CultureInfo.InvariantCulture)).FirstOrDefault();

    private void Locality(string measure, string job) =>
        _measures.Add(measure, Counter(job, "Data-local map tasks"), "maps", null, "", isGood: true);

    private void Expect(string check)
    {
        try
        {
            cluster.Shell(check);
        }
        catch (WrongOutputException e)
        {
            throw new WrongOutputException($"what the job wrote differs from the reference: {e.Message}");
        }
    }

    [GeneratedRegex(@"Running job: (job_\d+_\d{4})")]
    private static partial Regex JobLine();
}
