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
            await using var cluster = await BenchCluster.StartAsync(cancellation);
            Console.WriteLine($"{Report.Machine}; load average {(await File.ReadAllTextAsync("/proc/loadavg", cancellation)).Trim()}");
            try
            {
                return new HadoopBench(cluster, parsed.GetValue(quick)).Run() ? 0 : 1;
            }
            catch (WrongOutputException e)
            {
                await Console.Error.WriteLineAsync($"wrong output: {e.Message}");
                return 1;
            }
        });
        return command;
    }
}

/// <summary>A job did not give what it should have, or failed; the measure means nothing.</summary>
internal sealed class WrongOutputException(string message) : Exception(message);
