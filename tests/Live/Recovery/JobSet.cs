using System.Diagnostics;
using System.Globalization;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Agora.Tests.Live.Spark;
using Xunit;

namespace Agora.Tests.Live.Recovery;

/// <summary>
/// A job of each kind at once: a command, one of Hadoop, a batch job, one of MPI and one of Spark. All but the last wait, once they
/// run, until they are let go.
/// </summary>
internal sealed class JobSet(KeptCluster cluster, string name)
{
    private const int Iterations = 8, IterationMilliseconds = 100;

    private readonly string _directory = Directory.CreateDirectory(Path.Combine(cluster.Home, name)).FullName;
    private readonly Dictionary<string, Job> _jobs = [];

    public static IReadOnlyList<string> Kinds { get; } = ["task", "hadoop", "batch", "mpi", "spark"];

    private string Go => Path.Combine(_directory, "go");

    /// <summary>Starts all and waits until they run.</summary>
    public async Task StartAsync()
    {
        var bin = Programs.Bin;
        Start("task", $"{bin}/agora run --cpus 0.2 --mem 32 --name {name} -- sh -c 'echo $$ > {_directory}/task.pid; {Wait("task")}; echo done'");
        Start("hadoop", $"{bin}/hadoop jar hadoop-streaming.jar -D mapred.map.tasks=2 -D agora.locality.wait.node.ms=0 -D agora.locality.wait.rack.ms=0 " +
            $"-input /in -output /{name} -mapper 'sh {_directory}/mapper.sh' -reducer 'uniq -c' 1>&2 && {bin}/hadoop fs -cat '/{name}/part-*'");
        Start("batch", $"id=$({bin}/qsub -b 60 -N {name} -d {_directory} -j oe -o {_directory}/batch.out {_directory}/batch.sh) || exit; " +
            $"until told=$({bin}/qstat -f $id) && grep -q 'job_state = C' <<< \"$told\"; do sleep 0.1; done; cat {_directory}/batch.out; grep -q 'exit_status = 0' <<< \"$told\"");
        Start("mpi", $"{bin}/mpiexec --name {name} -n 2 --cpus-per-rank 0.2 --mem-per-rank 64 --map-by node {cluster.Home}/gate {Go}");
        Start("spark", $"{bin}/spark-submit --master agora --executor-memory 512m --conf spark.cores.max=2 --conf spark.locality.wait=200ms {SparkProgram.Path} iterate {Iterations} {IterationMilliseconds}");
        foreach (var (kind, isRunning) in new (string, Func<bool>)[]
        {
            ("task", () => File.Exists(Path.Combine(_directory, "task.runs"))), ("hadoop", () => File.Exists(Path.Combine(_directory, "hadoop.runs"))),
            ("batch", () => File.Exists(Path.Combine(_directory, "batch.runs"))), ("mpi", () => _jobs["mpi"].Output.Count(l => l.StartsWith("rank", StringComparison.Ordinal)) == 2),
            ("spark", () => _jobs["spark"].Output.Count >= 2),
        })
            await Programs.Until($"{kind} to run", () => isRunning() || _jobs[kind].HasExited, () => _jobs[kind].ToString());
    }

    public void LetGo() => File.WriteAllText(Go, "");

    /// <summary>Waits for all ends. Those that are to fail have failed, the others have given what they should.</summary>
    /// <param name="failing">By kind, the exit code.</param>
    public async Task AssertEndsAsync(IReadOnlyDictionary<string, int> failing)
    {
        foreach (var (kind, job) in _jobs)
        {
            await job.EndAsync();
            if (failing.TryGetValue(kind, out var code))
            {
                Assert.True(job.ExitCode == code, $"{kind} was to end with {code}: {job}");
                continue;
            }
            Assert.True(job.ExitCode == 0, $"{kind} failed: {job}");
            AssertRight(kind, job);
        }
    }

    /// <summary>No process of the jobs is left, here or on an agent.</summary>
    public Task AssertGoneAsync() => Programs.Until("nothing of the jobs to be left", () => RunningProcess.Naming(_directory + "/").Count == 0,
        () => string.Join('\n', RunningProcess.Naming(_directory + "/")));

    public int SupervisorOfTask()
    {
        var pid = int.Parse(File.ReadAllText(Path.Combine(_directory, "task.pid")), CultureInfo.InvariantCulture);
        return ProcStat.Read(pid)!.Value.ParentPid;
    }

    private static void AssertRight(string kind, Job job)
    {
        IReadOnlyList<string> expected = kind switch
        {
            "task" => ["done"],
            // What KillTests puts into the store.
            "hadoop" => [.. Enumerable.Range(1, 4).Select(i => $"{2,7} line {i}\t")],
            "batch" => ["done"],
            "mpi" => ["rank 0", "rank 1", "sum 2"],
            _ => [],
        };
        if (kind == "spark")
        {
            Assert.True(job.Output.Count(l => l.Contains(" right ", StringComparison.Ordinal)) == Iterations, job.ToString());
            return;
        }
        Assert.True(expected.SequenceEqual(job.Output.Order(StringComparer.Ordinal)), job.ToString());
    }

    private string Wait(string kind) => $"touch {_directory}/{kind}.runs; until [ -e {Go} ]; do sleep 0.05; done";

    private void Start(string kind, string line)
    {
        if (kind == "hadoop")
            File.WriteAllText(Path.Combine(_directory, "mapper.sh"), $"{Wait(kind)}; exec cat\n");
        if (kind == "batch")
            File.WriteAllText(Path.Combine(_directory, "batch.sh"), $"{Wait(kind)}; echo done\n");
        var start = new ProcessStartInfo("/bin/bash", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        start.Environment["AGORA_HOME"] = cluster.Home;
        start.Environment.Remove("AGORA_MASTER");
        _jobs.Add(kind, new Job(Process.Start(start)!));
    }

    /// <summary>A user's command, and what it has said.</summary>
    private sealed class Job
    {
        private readonly Process _process;
        private readonly List<string> _output = [], _error = [];

        public Job(Process process)
        {
            _process = process;
            process.OutputDataReceived += (_, e) => Add(_output, e.Data);
            process.ErrorDataReceived += (_, e) => Add(_error, e.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public bool HasExited => _process.HasExited;
        public int ExitCode => _process.ExitCode;

        public IReadOnlyList<string> Output
        {
            get
            {
                lock (_output)
                    return [.. _output];
            }
        }

        public async Task EndAsync()
        {
            try
            {
                await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Programs.Patience);
            }
            catch (TimeoutException)
            {
                var told = ToString();
                _process.Kill(entireProcessTree: true);
                Assert.Fail($"it did not end: {told}");
            }
        }

        public override string ToString()
        {
            lock (_error)
                return $"{(_process.HasExited ? $"exit code {_process.ExitCode}" : "running")}\nstdout: {string.Join('\n', Output)}\nstderr: {string.Join('\n', _error)}";
        }

        private static void Add(List<string> lines, string? line)
        {
            if (line is null)
                return;
            lock (lines)
                lines.Add(line);
        }
    }
}
