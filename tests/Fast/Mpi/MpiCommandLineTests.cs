using Agora.Mpi.Launch;
using Agora.Mpi.Scheduling;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public sealed class MpiCommandLineTests
{
    [Theory]
    [InlineData("-n 4 ./a.out", 4, "", "./a.out")]
    [InlineData("-np 4 ./a.out -n 5 --wait x", 4, "", "./a.out -n 5 --wait x")]
    [InlineData("./a.out", 1, "", "./a.out")]
    [InlineData("-genv A b -n 2 -wdir /tmp ./a.out", 2, "-genv A b -wdir /tmp", "./a.out")]
    [InlineData("--mca btl self,tcp -x PATH --bind-to core -c 3 ./a.out", 3, "--mca btl self,tcp -x PATH --bind-to core", "./a.out")]
    [InlineData("-l -n 2 ./a.out", 2, "-l", "./a.out")]
    [InlineData("--tag-output --output-filename=x -n 2 ./a.out", 2, "--tag-output --output-filename=x", "./a.out")]
    public void The_librarys_options_are_kept_and_the_program_is_found_behind_them(string line, int ranks, string options, string command)
    {
        var parsed = Parse(line);
        var program = Assert.Single(parsed.Programs);
        Assert.Equal(ranks, parsed.Ranks);
        Assert.Equal(options, string.Join(' ', program.Options));
        Assert.Equal(command, string.Join(' ', program.Command));
    }

    [Fact]
    public void Programs_are_separated_by_colons_and_their_ranks_add_up()
    {
        var parsed = Parse("-n 2 ./a x : -n 3 -env A b ./b : ./c");
        Assert.Equal(6, parsed.Ranks);
        Assert.Equal(["./a x", "./b", "./c"], parsed.Programs.Select(p => string.Join(' ', p.Command)));
        Assert.Equal("-env A b", string.Join(' ', parsed.Programs[1].Options));
    }

    [Fact]
    public void Agoras_own_options_do_not_reach_the_library()
    {
        var parsed = Parse("-n 2 --map-by node --cpus-per-rank 0.5 --mem-per-rank 2g --mpi mpich --wait 10 --timeout=60 --role r " +
            "--name job --restarts 2 --slots 4 --hosts node1:2,node2 ./a");
        Assert.Empty(parsed.Programs[0].Options);
        Assert.Equal((Mapping.Node, 0.5m, 2048L, MpiFlavour.Mpich), (parsed.Mapping, parsed.CpusPerRank, parsed.MemPerRank, parsed.Library));
        Assert.Equal((10.0, 60.0, "r", "job", 2, 4), (parsed.Wait!.Value.TotalSeconds, parsed.Timeout!.Value.TotalSeconds,
            parsed.Role, parsed.Name, parsed.Restarts, parsed.Slots));
        Assert.Equal(["node1", "node2"], parsed.Hosts);
    }

    [Fact]
    public void Other_mappings_are_the_librarys() =>
        Assert.Equal("--map-by socket", string.Join(' ', Parse("--map-by socket ./a").Programs[0].Options));

    [Theory]
    [InlineData("-n 0 ./a", "-n 0")]
    [InlineData("-n x ./a", "-n x")]
    [InlineData("-n", "-n")]
    [InlineData("-n 4", "no program")]
    [InlineData("-n 2 ./a :", "no program")]
    [InlineData("--mpi intel ./a", "--mpi intel")]
    [InlineData("--wait soon ./a", "--wait soon")]
    [InlineData("--slots 2 -n 3 ./a", "--slots 2")]
    [InlineData("-configfile x", "-configfile")]
    [InlineData("-f /no/such/file ./a", "-f /no/such/file")]
    public void What_is_not_understood_is_named(string line, string named) =>
        Assert.Contains(named, Assert.Throws<MpiFailure>(() => Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void Ranks_of_MPICH_stand_behind_the_program_that_reports_their_end()
    {
        var words = LibraryCommand.Build(Parse("-n 2 ./a x : -n 1 ./b"), MpiFlavour.Mpich, "mpiexec.hydra", ["agora-mpi", "rank"]);
        Assert.Equal("mpiexec.hydra -n 2 agora-mpi rank ./a x : -n 1 agora-mpi rank ./b", string.Join(' ', words));
        words = LibraryCommand.Build(Parse("--map-by node -n 2 ./a"), MpiFlavour.OpenMpi, "orterun", ["agora-mpi", "rank"]);
        Assert.Equal("orterun --map-by node -n 2 ./a", string.Join(' ', words));
    }

    private static MpiOptions Parse(string line) => MpiCommandLine.Parse(line.Split(' '));
}
