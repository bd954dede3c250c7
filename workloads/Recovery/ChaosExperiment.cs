using Agora.Workloads.Live.Macro;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Recovery;

/// <summary>The four frameworks' jobs on a cluster whose parts are killed, stopped and cut off all the time.</summary>
/// <param name="seconds">How long faults happen.</param>
/// <param name="logs">Where the logs of all processes go if something is not as it should be; null for nowhere.</param>
internal sealed class ChaosExperiment(double seconds, string? logs) : IExperiment
{
    public string Name => "recovery";
    public Mode Mode => Mode.Live;

    public string Description => """
        Chaos: two masters with an etcd, four agents (as root each in a network of its own) and the jobs of the live macrobenchmark,
        again and again, while a seeded schedule kills (-9) and stops each kind of process and cuts nodes off, one by one and in
        pairs. At the end every job has to have ended, with a right result or for a reason that the schedule explains, and nothing
        may be left: no process, control group, port or file. Reports what each kind of fault cost.

        Installs MPI and the ray tracer from Debian's packages if they are missing; etcd has to be there (etcd-server).
        """;

    /// <summary>What was not as it should be, after the run.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        const double prepared = 0.1, over = 0.95;
        await using var data = new BenchDirectory();
        var temporary = ChaosSite.UseTemporary(data);
        var mix = new MacroMix(MacroSizes.Small, data.Directory);
        await Task.Run(() => Prepare(mix, data, fraction => progress.Tell(prepared * fraction, "making the data")), cancellation);
        var before = new Leftovers();
        progress.Tell(prepared, "starting the cluster");
        await using var site = await ChaosSite.StartAsync(data, mix, cancellation);
        var schedule = FaultSchedule.Of(options.Seed, seconds, site.HasLinks);
        var run = await ChaosRun.OfAsync(site, mix, schedule, seconds,
            (fraction, what) => progress.Tell(prepared + (over - prepared) * Math.Min(1, fraction), what), cancellation);
        var addresses = site.Addresses();
        await site.EndAsync();
        Problems = [.. run.Problems, .. await Task.Run(() => before.Find(data.Directory, temporary, site.Directory, addresses), cancellation)];
        if (Problems.Count > 0 && logs is not null)
            KeepLogs(site.Logs);
        return ChaosFindings.Of(run, Problems, seconds, site.HasLinks);
    }

    private static void Prepare(MacroMix mix, BenchDirectory data, Action<double> tell)
    {
        data.Shell(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "workloads", "mpi", "install")));
        MacroPrograms.Write(data.Directory);
        var lines = mix.Preparation().ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            tell((double)i / lines.Count);
            data.Shell(lines[i].Line);
        }
    }

    private void KeepLogs(string from)
    {
        Directory.CreateDirectory(logs!);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(logs!, Path.GetFileName(file)), overwrite: true);
    }
}
