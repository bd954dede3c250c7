using Agora.Mpi.Launch;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public class BatchAllocationTests
{
    private static readonly string[] Job = ["node1", "node1", "node2", "node2"];

    private static BatchAllocation Of(params string[] words) =>
        BatchAllocation.Choose(Job, MpiCommandLine.Parse([.. words, "./a.out"]).HostLines);

    [Fact]
    public void Without_a_word_a_program_gets_one_rank_a_line_of_the_node_file()
    {
        var all = Of();
        Assert.Equal(Job, all.Lines);
        Assert.True(all.IsAll);
        Assert.Equal(4, all.Fill(MpiCommandLine.Parse(["./a.out"])).Programs[0].Ranks);
    }

    [Fact]
    public void A_number_that_is_given_is_kept_and_programs_of_several_get_one_rank_each()
    {
        Assert.Equal(3, Of().Fill(MpiCommandLine.Parse(["-n", "3", "./a.out"])).Programs[0].Ranks);
        Assert.All(Of().Fill(MpiCommandLine.Parse(["./a", ":", "./b"])).Programs, p => Assert.Null(p.Ranks));
    }

    [Theory]
    [InlineData("node2", "node2")]
    [InlineData("node2:2,node1", "node2 node2 node1")]
    [InlineData("node1,node1,node2:2", "node1 node1 node2 node2")]
    public void Hosts_that_are_named_are_taken_as_often_as_they_are(string list, string lines)
    {
        var some = Of("-hosts", list);
        Assert.Equal(lines, string.Join(' ', some.Lines));
        Assert.Equal(lines == "node1 node1 node2 node2", some.IsAll);
    }

    [Fact]
    public void A_machine_file_may_be_the_node_file_or_what_was_made_of_it()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "node1\nnode1\nnode2\nnode2\n");
            Assert.True(Of("-machinefile", file).IsAll);
            File.WriteAllText(file, "# one each\nnode1 slots=1\nnode2:3\n");
            Assert.Equal(["node1", "node2", "node2", "node2"], Of("--hostfile", file).Lines);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no\0where")]
    [InlineData("/nowhere/at/all")]
    public void A_machine_file_that_cannot_be_read_is_refused(string path) =>
        Assert.Equal(2, Assert.Throws<MpiFailure>(() => Of("-machinefile", path)).ExitCode);

    [Fact]
    public void A_host_of_somebody_elses_is_refused()
    {
        var failure = Assert.Throws<MpiFailure>(() => Of("-hosts", "node1,node7"));
        Assert.Equal(2, failure.ExitCode);
        Assert.Contains("node7 is not one of this batch job's nodes", failure.Message, StringComparison.Ordinal);
    }
}
