using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary>A job's input, output, environment and exit code are those of the program, and nothing else is said.</summary>
[Collection(SharedMpiCluster.Name)]
public sealed class OutputTests(MpiCluster cluster)
{
    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task A_good_job_prints_what_its_ranks_print_and_nothing_else(string flavour)
    {
        using var run = new MpiRun(cluster, ["-n", "4", cluster.Program("hello", flavour)]);
        var ended = await run.Ended();
        // Two processors a node: ranks 0 and 1 on the first, 2 and 3 on the second; 0+1+2+3.
        Assert.Equal((0, "", "rank 0 of 4 on node1, sum 6\nrank 1 of 4 on node1, sum 6\nrank 2 of 4 on node2, sum 6\nrank 3 of 4 on node2, sum 6"),
            (ended.ExitCode, Said(ended), string.Join('\n', ended.Text.TrimEnd().Split('\n').Order(StringComparer.Ordinal))));
        await run.AssertGone();
    }

    /// <summary>Hydra gives up where a rank has not yet read what fills a pipe of 64 KiB; Open MPI waits.</summary>
    [Theory]
    [InlineData("mpich", 50_000)]
    [InlineData("openmpi", 3_000_000)]
    public async Task Input_reaches_rank_0_whole_and_no_other_rank(string flavour, int bytes)
    {
        var input = new byte[bytes];
        new Random(7).NextBytes(input);
        using var run = new MpiRun(cluster, ["-n", "3", "--map-by", "node", cluster.Program("actor", flavour), "0", "copy"], input);
        var ended = await run.Ended();
        Assert.Equal((0, ""), (ended.ExitCode, Said(ended)));
        Assert.True(input.AsSpan().SequenceEqual(ended.Output), $"{ended.Output.Length} of {input.Length} bytes");
    }

    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task Several_programs_are_one_job(string flavour)
    {
        var actor = cluster.Program("actor", flavour);
        var ended = await cluster.Mpiexec("-n", "1", actor, "0", "say", "a b", ":", "-n", "2", actor, "0", "say", "'c\"$d");
        Assert.Equal((0, "", "rank 0 of 3 says a b\nrank 1 of 3 says 'c\"$d\nrank 2 of 3 says 'c\"$d"),
            (ended.ExitCode, Said(ended), string.Join('\n', ended.Text.TrimEnd().Split('\n').Order(StringComparer.Ordinal))));
    }

    [Theory]
    [InlineData("mpich", "-genv GIVEN one -genv OTHER two")]
    [InlineData("openmpi", "-x GIVEN=one -x OTHER=two")]
    public async Task The_environment_and_the_working_directory_arrive(string flavour, string options)
    {
        var directory = Directory.CreateDirectory(Path.Combine(cluster.Home, "a directory")).FullName;
        using var run = new MpiRun(cluster, [.. options.Split(' '), "--mpi", flavour, "-n", "2", "--map-by", "node",
            "sh", "-c", "echo \"$GIVEN $OTHER $INHERITED|$PWD\""], directory: directory, variables: [("INHERITED", "a = $b"), ("GIVEN", "not this")]);
        var ended = await run.Ended();
        var line = $"one two a = $b|{directory}\n";
        Assert.Equal((0, "", line + line), (ended.ExitCode, Said(ended), ended.Text));
    }

    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task The_exit_code_is_the_programs(string flavour)
    {
        var ended = await cluster.Mpiexec("-n", "2", cluster.Program("actor", flavour), "0", "return", "3");
        Assert.True(ended.ExitCode == 3, ended.ToString());
    }

    /// <summary>Open MPI mixes lines of different ranks; each rank's own bytes keep their order all the same.</summary>
    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task Much_output_of_many_ranks_arrives_whole_and_each_ranks_in_its_order(string flavour)
    {
        const int ranks = MpiCluster.Slots, each = 3_500_000;
        var ended = await cluster.Mpiexec("-n", $"{ranks}", cluster.Program("actor", flavour), "0", "write", $"{each}");
        Assert.Equal((0, ""), (ended.ExitCode, Said(ended)));
        var seen = new uint[ranks];
        foreach (var b in ended.Output)
        {
            var rank = (b >> 4) - 4;
            Assert.True(rank is >= 0 and < ranks, $"byte {b}");
            if ((b & 15) != seen[rank]++ * 2654435761u >> 28)
                Assert.Fail($"rank {rank}'s byte {seen[rank] - 1} is not in its place");
        }
        Assert.All(seen, s => Assert.Equal((uint)each, s));
    }

    /// <summary>
    /// Error output but for a line that is Open MPI's own on a busy machine: its parent process comes too late to do for a
    /// child what that has done itself. The remote shell has no part in it: it is the child that has been started by then.
    /// </summary>
    private static string Said(Finished ended) => string.Concat(ended.Error.Split('\n')
        .Where(l => !l.Contains("plm:rsh: Warning: setpgid(", StringComparison.Ordinal)));
}
