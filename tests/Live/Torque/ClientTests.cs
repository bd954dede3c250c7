using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>Programs of others that drive a batch system by its commands, as Debian has them.</summary>
[Collection(SharedTorqueCluster.Name)]
public sealed class ClientTests(TorqueCluster cluster)
{
    private static readonly string Clients = Path.Combine(AppContext.BaseDirectory, "Torque", "clients");

    [Fact]
    public async Task Snakemake_runs_a_workflow_of_thirty_rules()
    {
        var directory = TorqueCluster.NewDirectory();
        await cluster.Output($"cp {Clients}/* {directory}");
        var run = await cluster.Shell("snakemake --cluster 'qsub -j oe -o /dev/null -l nodes=1:ppn={threads},walltime=00:10:00' " +
            "--cluster-status ./qstat-status.py --cluster-cancel qdel --jobs 8 --max-status-checks-per-second 20 --latency-wait 5", directory);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("406", (await File.ReadAllTextAsync(Path.Combine(directory, "total"), TestContext.Current.CancellationToken)).Trim());
        Assert.Contains("30 of 30 steps (100%) done", run.Error, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Batchtools_of_R_submits_and_collects_jobs_and_an_array()
    {
        var directory = TorqueCluster.NewDirectory();
        await cluster.Output($"cp {Clients}/* {directory}");
        var run = await cluster.Shell($"cd {directory} && USER=$(id -un) Rscript squares.R", directory);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("separate jobs: 1 4 9 16 25 36", run.Text, StringComparison.Ordinal);
        Assert.Contains("one array: -1 -2 -3 -4 -5", run.Text, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }
}
