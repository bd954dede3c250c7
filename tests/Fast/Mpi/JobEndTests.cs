using Agora.Mpi.Launch;
using Agora.Mpi.Scheduling;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public sealed class JobEndTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(42)]
    public void The_programs_own_exit_code_is_the_jobs(int code) =>
        Assert.Equal((code, null), new JobEnd(MpiFlavour.Mpich).Sum(code, wasEnded: false));

    [Theory]
    [InlineData(255)] // several hosts
    [InlineData(11)] // one host
    public void A_signal_that_Hydra_hides_is_told(int hydra)
    {
        var end = new JobEnd(MpiFlavour.Mpich);
        end.Rank("node2", new RankReport(3, 4711));
        end.Rank("node2", new RankReport(3, 4711, 139, 11));
        // The others are killed for it.
        end.Rank("node1", new RankReport(0, 4712, 137, 9));
        Assert.Equal((139, "rank 3 on node2 (pid 4711) was killed by signal 11 (Segmentation fault)"), end.Sum(hydra, wasEnded: false));
    }

    [Fact]
    public void An_abort_keeps_the_code_it_was_given()
    {
        var end = new JobEnd(MpiFlavour.Mpich);
        end.Rank("node1", new RankReport(0, 4711, 137, 9));
        Assert.Equal((42, null), end.Sum(42, wasEnded: false));
    }

    [Fact]
    public void A_rank_that_exits_while_the_others_wait_is_named()
    {
        var end = new JobEnd(MpiFlavour.Mpich);
        end.Rank("node1", new RankReport(1, 4711, 7));
        Assert.Equal((7, "rank 1 on node1 (pid 4711) exited with code 7 before the job was done"), end.Sum(137, wasEnded: true));
    }

    [Fact]
    public void The_cause_comes_before_what_it_led_to()
    {
        var end = new JobEnd(MpiFlavour.Mpich);
        end.Rank("node1", new RankReport(1, 4711, 143, 15));
        Assert.True(end.MayHaveCause);
        end.Command("node1", 137, clientLost: false);
        Assert.False(end.MayHaveCause);
        Assert.Equal((137, "the library's process on node1 was killed by signal 9 (Killed)"), end.Sum(255, wasEnded: false));
    }

    [Fact]
    public void Ranks_that_the_library_cut_off_without_a_word_are_named()
    {
        var end = new JobEnd(MpiFlavour.Mpich);
        end.Rank("node1", new RankReport(0, 1));
        end.Rank("node1", new RankReport(2, 2));
        end.Command("node1", 0, clientLost: false);
        Assert.Equal((1, "ranks 0, 2 on node1 were ended before the job was done"), end.Sum(137, wasEnded: true));
    }

    [Fact]
    public void An_abort_that_ends_ranks_without_a_word_of_theirs_keeps_its_code()
    {
        var end = new JobEnd(MpiFlavour.Mpich);
        end.Rank("node3", new RankReport(2, 1));
        end.Command("node3", 0, clientLost: false);
        Assert.True(end.HasFailed);
        Assert.Equal((42, null), end.Sum(42, wasEnded: false));
    }

    [Fact]
    public void A_rank_that_failed_counts_more_than_those_that_were_ended_for_it_whatever_is_told_first()
    {
        var end = new JobEnd(MpiFlavour.Mpich);
        end.Rank("node3", new RankReport(2, 1));
        end.Command("node3", 0, clientLost: false);
        end.Rank("node1", new RankReport(0, 2, 137, 9));
        Assert.True(end.MayHaveCause);
        end.Rank("node2", new RankReport(1, 3, 139, 11));
        end.Rank("node4", new RankReport(3, 4, 143, 15));
        Assert.Equal((139, "rank 1 on node2 (pid 3) was killed by signal 11 (Segmentation fault)"), end.Sum(255, wasEnded: false));
    }

    [Theory]
    [InlineData("Mpich", false)]
    [InlineData("OpenMpi", true)]
    public void The_librarys_mpiexec_is_named_if_it_was_killed_itself(string flavour, bool leftWork)
    {
        var end = new JobEnd(Enum.Parse<MpiFlavour>(flavour));
        end.Rank("node1", new RankReport(0, 1));
        end.Command("node1", 0, clientLost: false);
        Assert.Equal((137, "the library's own mpiexec was killed by signal 9 (Killed)"), end.Sum(137, wasEnded: false, leftWork));
    }

    [Fact]
    public void A_killed_rank_that_Open_MPI_names_itself_is_not_named_twice() =>
        Assert.Equal((137, null), new JobEnd(MpiFlavour.OpenMpi).Sum(137, wasEnded: false));

    [Fact]
    public void An_exit_code_beyond_those_of_signals_names_none()
    {
        var end = new JobEnd(MpiFlavour.OpenMpi);
        end.Command("node1", 205, clientLost: false);
        Assert.False(end.HasFailed);
    }
}
