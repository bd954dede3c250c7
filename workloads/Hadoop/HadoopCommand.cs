using System.CommandLine;

namespace Agora.Workloads.Hadoop;

internal static class HadoopCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Leave out what takes 1 GB" };
        var command = new Command("hadoop", """
            Hadoop jobs against what a user has without a cluster, measured in the same run.

            Starts a cluster of four agents of its own, makes its data from a fixed seed, checks every output, and ends
            with 1 if one is wrong. A ratio above its target is marked with '!', but is no failure: load from outside
            counts against both sides.

            Example:
              agora bench hadoop --quick
            """) { quick };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var cluster = await BenchCluster.StartAsync("--agents 4 --cpus 2 --mem 4096", cancellation);
            return BenchCluster.Measure(() => new HadoopBench(cluster, parsed.GetValue(quick)).Run());
        });
        return command;
    }
}
