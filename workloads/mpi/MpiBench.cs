using System.Globalization;

namespace Agora.Workloads.Mpi;

/// <summary>
/// The measures, one after the other. Runs with and without Agora take turns, so that what else the machine does falls on
/// both; both see the same number of hosts of the same names, and the same settings of the library.
/// </summary>
internal sealed class MpiBench(BenchCluster cluster, bool quick)
{
    private const int LineBytes = 93, OutputRanks = 6;

    private readonly string _programs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "workloads", "mpi"));
    private readonly Measures _measures = new();

    /// <exception cref="WrongOutputException">A program did not give what it should have.</exception>
    public void Run()
    {
        cluster.Shell(Path.Combine(_programs, "install"));
        foreach (var library in (ReadOnlySpan<string>)["mpich", "openmpi"])
            foreach (var program in (ReadOnlySpan<string>)["hello", "blast"])
                cluster.Shell($"mpicc.{library} -O2 -o {program}.{library} {_programs}/{program}.c");
        foreach (var library in (ReadOnlySpan<string>)["mpich", "openmpi"])
            Start(library);
        foreach (var library in (ReadOnlySpan<string>)["mpich", "openmpi"])
            NetPipe(library);
        foreach (var library in (ReadOnlySpan<string>)["mpich", "openmpi"])
            Output(library);
        Linpack();
        _measures.Print();
    }

    private void Start(string library)
    {
        var (with, without) = InTurn(quick ? 5 : 11, () => cluster.Time($"mpiexec -n 4 ./hello.{library} > hello.out"),
            () => cluster.Time($"{Plain(library, 2, 2)} -n 4 ./hello.{library} > hello.out"));
        cluster.Shell("test $(grep -c 'of 4 on node[12], sum 6' hello.out) = 4");
        var (agora, plain) = (Measures.Median(with) * 1000, Measures.Median(without) * 1000);
        _measures.Add($"{Title(library)}: mpiexec -n 4 hello, 2 nodes, median of {with.Count}", agora, "ms", plain, "<= 150 ms more", agora - plain <= 150);
        _measures.Add($"{Title(library)}: of which Agora's part", agora - plain, "ms", null, "<= 150", agora - plain <= 150);
    }

    private void NetPipe(string library)
    {
        var program = library == "mpich" ? "NPmpich2" : "NPopenmpi";
        List<(double Latency, double Bandwidth)> with = [], without = [];
        _ = InTurn(quick ? 5 : 11,
            () => Measure(with, $"mpiexec -n 2 --map-by node {program} -n 50 -u 16384 -o np.out"),
            () => Measure(without, $"{Plain(library, 2, 1)} -n 2 {program} -n 50 -u 16384 -o np.out"));
        // Without the first of each, as in the other measures.
        with.RemoveAt(0);
        without.RemoveAt(0);
        var (latency, plainLatency) = (Measures.Median(with.Select(w => w.Latency)), Measures.Median(without.Select(w => w.Latency)));
        var (bandwidth, plainBandwidth) = (Measures.Median(with.Select(w => w.Bandwidth)), Measures.Median(without.Select(w => w.Bandwidth)));
        _measures.Add($"{Title(library)}: NetPIPE latency, 1 byte, median of {with.Count}", latency, "us", plainLatency, "<= 1.02", latency <= 1.02 * plainLatency);
        _measures.Add($"{Title(library)}: NetPIPE bandwidth, 16 KiB, median of {with.Count}", bandwidth, "Mbit/s", plainBandwidth, ">= 0.98", bandwidth >= 0.98 * plainBandwidth);

        double Measure(List<(double, double)> into, string line)
        {
            var seconds = cluster.Time($"rm -f np.out; {line} > np.log 2>&1");
            var rows = cluster.Shell("cat np.out").Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => double.Parse(w, CultureInfo.InvariantCulture)).ToArray()).ToList();
            const double microsecond = 1e-6;
            into.Add((rows[0][2] / microsecond, rows.Last(r => r[0] == 16384)[1]));
            return seconds;
        }
    }

    private void Output(string library)
    {
        var lines = quick ? 20_000 : 180_000;
        var megabytes = lines * (double)LineBytes * OutputRanks / 1e6;
        var (with, without) = InTurn(3, () => Timed($"mpiexec -n {OutputRanks} ./blast.{library} {lines} > blast.out"),
            () => Timed($"{Plain(library, 3, 2)} -n {OutputRanks} ./blast.{library} {lines} > blast.out"));
        var (rate, plain) = (megabytes / Measures.Median(with), megabytes / Measures.Median(without));
        _measures.Add($"{Title(library)}: {megabytes:0} MB of output from {OutputRanks} ranks, median of 3", rate, "MB/s", plain, ">= 0.8", rate >= 0.8 * plain);

        double Timed(string line)
        {
            var seconds = cluster.Time(line);
            CheckOutput(Path.Combine(cluster.Directory, "blast.out"), lines);
            return seconds;
        }
    }

    /// <summary>Every byte has arrived, and those of each rank in their order; see <c>blast.c</c>.</summary>
    private static void CheckOutput(string path, int lines)
    {
        const int characters = 10, digits = 8, width = LineBytes - 1;
        var position = new long[OutputRanks];
        var ends = 0L;
        foreach (var b in File.ReadAllBytes(path))
        {
            if (b == '\n')
            {
                ends++;
                continue;
            }
            var rank = (b - '0') / characters;
            if (rank is < 0 or >= OutputRanks)
                throw new WrongOutputException($"a byte {b} that no rank has written");
            var (line, column) = Math.DivRem(position[rank]++, width);
            var digit = column < digits ? (line >> (int)(3 * (digits - 1 - column))) & 7 : 9;
            if (b != '0' + (characters * rank) + digit)
                throw new WrongOutputException($"rank {rank}'s line {line} is not as it was written");
        }
        if (ends != (long)lines * OutputRanks || position.Any(p => p != (long)lines * width))
            throw new WrongOutputException($"of {(long)lines * OutputRanks} lines {ends} arrived");
    }

    private void Linpack()
    {
        var order = quick ? 600 : 1500;
        var hpl = new Hpl(cluster);
        hpl.Prepare(order);
        // The best of some runs: the machine can only make it slower.
        var (with, without) = InTurn(quick ? 2 : 3, () => hpl.Gigaflops("mpiexec -n 2"), () => hpl.Gigaflops($"{Plain("openmpi", 1, 2)} -n 2"));
        _measures.Add($"HPL, N={order}, 2 ranks on a node, best of {with.Count}", with.Max(), "GFLOP/s", without.Max(), ">= 0.98", with.Max() >= 0.98 * without.Max());
    }

    /// <summary>The library's own <c>mpiexec</c>, its hosts made by a shell script.</summary>
    private string Plain(string library, int hosts, int slots) => library == "mpich"
        ? $"env HYDRA_LAUNCHER=rsh HYDRA_LAUNCHER_EXEC={_programs}/plainsh HYDRA_LAUNCHER_AUTOFORK=0 MPIR_CVAR_DEVICE_COLLECTIVES=none " +
          $"mpiexec.hydra -hosts {string.Join(',', Enumerable.Range(1, hosts).Select(i => $"node{i}:{slots}"))}"
        : new Hpl(cluster).Plain(hosts, slots);

    private static (List<double> With, List<double> Without) InTurn(int runs, Func<double> with, Func<double> without)
    {
        // The first run of each loads programs that the others find in memory.
        _ = (with(), without());
        List<double> first = [], second = [];
        for (var i = 0; i < runs; i++)
        {
            first.Add(with());
            second.Add(without());
        }
        return (first, second);
    }

    private static string Title(string library) => library == "mpich" ? "MPICH" : "Open MPI";
}
