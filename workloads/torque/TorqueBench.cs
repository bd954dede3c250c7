using System.Globalization;

namespace Agora.Workloads.Torque;

/// <summary>The measures, one after the other; Agora and Slurm take turns where both are measured.</summary>
internal sealed class TorqueBench(BenchCluster cluster, bool quick, bool withSlurm)
{
    private const int QueuedArrays = 100, QueuedPerArray = 1000;

    private readonly string _slurm = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "workloads", "torque", "slurm"));
    private readonly Measures _measures = new();

    /// <summary>
    /// Who submits: where root measures, a user made for it, since each job runs below a login shell, and what root's own
    /// does at its start would be measured instead.
    /// </summary>
    private readonly string? _user = Environment.IsPrivilegedProcess ? $"agorabench{Environment.ProcessId}" : null;

    private string Conf => $"export SLURM_CONF={cluster.Directory}/slurm/slurm.conf;";

    /// <exception cref="WrongOutputException">A job did not do what it should have.</exception>
    public void Run()
    {
        cluster.Shell("mkdir work; printf '#!/bin/sh\\ntrue\\n' > work/true.sh; printf '#!/bin/sh\\necho \"$PBS_ARRAYID\" >> done\\n' > work/mark.sh");
        if (_user is not null)
            cluster.Shell($"chmod a+x . state; chmod a+rwx work; useradd --create-home --home-dir $PWD/home --shell /bin/bash {_user}");
        if (withSlurm)
        {
            cluster.Shell($"{_slurm} install");
            cluster.Shell($"{_slurm} up slurm");
        }
        try
        {
            Calls();
            OneJob();
            Many();
            if (!quick)
                LongQueue();
        }
        finally
        {
            if (withSlurm)
                cluster.Shell($"{_slurm} down slurm");
            if (_user is not null)
                // A last process of its jobs may still be ending.
                cluster.Shell($"userdel --force {_user}");
        }
        _measures.Print();
    }

    /// <summary>A line that the submitting user runs, in a directory of its own.</summary>
    private string AsUser(string line) => _user is null ? $"cd work; {line}"
        : $"cd work; runuser -u {_user} -- /bin/bash -c '{line.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string Shell(string line) => cluster.Shell(AsUser(line));

    private double Time(string line) => cluster.Time(AsUser(line));

    /// <summary>Median of the milliseconds each of some calls takes, as the shell sees them.</summary>
    private double Each(int runs, string line) => Measures.Median(Shell(
        $"for i in $(seq {runs}); do s=$EPOCHREALTIME; {line} >/dev/null; echo $s $EPOCHREALTIME; done")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(' ').Select(w => double.Parse(w, CultureInfo.InvariantCulture)).ToArray())
        .Select(times => (times[1] - times[0]) * 1000));

    private void Calls()
    {
        var runs = quick ? 21 : 101;
        double ours = 0;
        double? theirs = null;
        // Twice, the second time counts: batch servers have been up for long, and what both only do at first is done.
        for (var turn = 1; turn <= 2; turn++)
        {
            ours = Each(runs, "qsub -o /dev/null -e /dev/null true.sh");
            AwaitEnd();
            if (!withSlurm)
                continue;
            theirs = Each(runs, $"{Conf} sbatch -o /dev/null true.sh");
            AwaitSlurm();
        }
        _measures.Add($"qsub call, median of {runs} after as many (Slurm: sbatch)", ours, "ms", theirs, "<= 15 ms", ours <= 15);
        var look = Each(runs, "qstat");
        _measures.Add($"qstat call beside {runs} ended jobs, median", look, "ms", null, "<= 100 ms", look <= 100);
    }

    private void OneJob()
    {
        const string awaitGone = "until qstat -f $id | grep -q 'job_state = C'; do sleep 0.005; done";
        var runs = quick ? 7 : 21;
        var warm = Each(runs, $"id=$(qsub -o /dev/null -e /dev/null true.sh); {awaitGone}") / 1000;
        double? theirs = null;
        if (withSlurm)
        {
            theirs = Each(quick ? 3 : 7, $"{Conf} id=$(sbatch --parsable -o /dev/null true.sh); while squeue -h -j $id | grep -q .; do sleep 0.005; done") / 1000;
        }
        _measures.Add($"one trivial job, submit to gone, median of {runs}", warm, "s", theirs, "<= 0.25 s", warm <= 0.25);
        var cold = Measures.Median(Enumerable.Range(0, quick ? 3 : 5).Select(_ =>
        {
            cluster.Shell("while agora tasks 2>/dev/null | grep 'slots of' | grep -qv -e killed -e finished -e failed -e lost; do sleep 0.1; done");
            return Each(1, $"id=$(qsub -o /dev/null -e /dev/null true.sh); {awaitGone}") / 1000;
        }));
        _measures.Add("the same while nothing is held, so that a node must be taken first", cold, "s", theirs, "<= 0.5 s", cold <= 0.5);
    }

    private void Many()
    {
        var jobs = quick ? 200 : 1000;
        var ours = jobs / Time($"for i in $(seq {jobs}); do qsub -o /dev/null -e /dev/null true.sh >/dev/null; done; {Awaiting}");
        double? theirs = withSlurm
            ? jobs / Time($"{Conf} for i in $(seq {jobs}); do sbatch -o /dev/null true.sh >/dev/null; done; {AwaitingSlurm}") : null;
        _measures.Add($"{jobs} trivial jobs by a loop of calls", ours, "jobs/s", theirs, ">= 60 jobs/s", ours >= 60);

        var array = jobs / Time($"rm -f done; qsub -o /dev/null -e /dev/null -d $PWD -t 1-{jobs} mark.sh >/dev/null; {Awaiting}");
        if (int.Parse(Shell("sort -n done | uniq | wc -l"), CultureInfo.InvariantCulture) != jobs)
            throw new WrongOutputException($"not all of the {jobs} elements of the array have run");
        theirs = withSlurm
            ? jobs / Time($"{Conf} sbatch -o /dev/null --array=1-{jobs} true.sh >/dev/null; {AwaitingSlurm}") : null;
        _measures.Add($"{jobs} trivial jobs as one array", array, "jobs/s", theirs, ">= 200 jobs/s", array >= 200);
    }

    /// <summary>Commands beside a queue that no node is free for.</summary>
    private void LongQueue()
    {
        var blocker = Shell("qsub -l nodes=8:ppn=4,walltime=10:00:00 -o /dev/null -e /dev/null <<< 'sleep 3600'").Trim();
        Shell($"until qstat -f {blocker} | grep -q 'job_state = R'; do sleep 0.05; done");
        Shell($"for i in $(seq {QueuedArrays}); do qsub -l nodes=8:ppn=4 -o /dev/null -e /dev/null -t 1-{QueuedPerArray} true.sh >> arrays; done");
        var jobs = int.Parse(Shell("qselect -t -s Q | wc -l"), CultureInfo.InvariantCulture);
        if (jobs < QueuedArrays * QueuedPerArray)
            throw new WrongOutputException($"{jobs} jobs are queued instead of {QueuedArrays * QueuedPerArray}");
        var one = Each(21, "qstat -f \"$(sed -n 50p arrays | sed 's/\\[\\]/[500]/')\"");
        _measures.Add($"qstat -f ID beside {jobs} queued jobs, median of 21", one, "ms", null, "<= 50 ms", one <= 50);
        var all = Each(5, "qstat -t") / 1000;
        _measures.Add($"whole qstat -t of {jobs} jobs, median of 5", all, "s", null, "<= 1 s", all <= 1);
        var submit = Each(21, "qsub -o /dev/null -e /dev/null true.sh");
        _measures.Add("qsub call beside them, median of 21", submit, "ms", null, "<= 50 ms", submit <= 50);
        var rss = double.Parse(cluster.Shell(
            "{ for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -q 'agora-torque-server.*'\"$PWD/\" && awk '/^VmRSS/ {print $2}' $p/status; done || true; } | sort -n | tail -1"),
            CultureInfo.InvariantCulture) / 1024;
        _measures.Add("memory of the server", rss, "MB", null, "<= 500 MB", rss <= 500);
        Shell("qdel all || true");
    }

    private const string Awaiting = "while qselect -s QRHWTE | grep -q .; do sleep 0.1; done";
    private string AwaitingSlurm => $"{Conf} while squeue -h | grep -q .; do sleep 0.1; done";

    private void AwaitEnd() => Shell(Awaiting);

    private void AwaitSlurm() => Shell(AwaitingSlurm);
}
