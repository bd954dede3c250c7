using System.CommandLine;

namespace Agora.Workloads.Spark;

internal static class SparkCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Smaller data, one run each" };
        var command = new Command("spark", """
            Programs of the Spark port on two agents of one processor each, beside plain C# in one process: iterations over
            cached data, an executor that is killed, word count, and tasks that do nothing.

            A value above its target is marked with '!', but is no failure.

            Example:
              agora bench spark --quick
            """) { quick };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var cluster = await BenchCluster.StartAsync("--agents 2 --cpus 1 --mem 4096 --no-services", cancellation);
            return BenchCluster.Measure(() => new SparkBench(cluster, parsed.GetValue(quick)).Run());
        });
        return command;
    }
}
