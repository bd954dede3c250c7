using System.CommandLine;

namespace Agora.Workloads.Torque;

internal static class TorqueCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer jobs, and not the queue of 100,000" };
        var slurm = new Option<bool>("--slurm") { Description = "Install and start Debian's Slurm with eight emulated nodes, and measure it in turn" };
        var command = new Command("torque", """
            Batch jobs through the Torque port on eight agents of four processors: a qsub call, one trivial job, 1,000 of
            them by a loop of calls and as an array, and commands beside a queue of 100,000 jobs. With --slurm the same of
            a Slurm on this machine in the same run.

            A value above its target is marked with '!', but is no failure.

            Example:
              agora bench torque --quick --slurm
            """) { quick, slurm };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var cluster = await BenchCluster.StartAsync("--agents 8 --cpus 4 --mem 4096", cancellation);
            return BenchCluster.Measure(() => new TorqueBench(cluster, parsed.GetValue(quick), parsed.GetValue(slurm)).Run());
        });
        return command;
    }
}
