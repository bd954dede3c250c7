using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public sealed class QueueDependencyTests
{
    private readonly QueueHarness _harness = new();

    [Fact]
    public void Both_sides_are_shown_as_recorded()
    {
        var a = _harness.Submit("Job_Name=A");
        var b = _harness.Submit("depend=afterok:0.vm");
        var c = _harness.Submit("depend=afterok:1.vm");
        _harness.Submit("depend=afternotok:1.vm");
        _harness.Submit("depend=afterany:1.vm:2.vm");
        _harness.Submit("depend=after:0.vm");

        Assert.Equal("beforeok:1.vm,before:5.vm", _harness.Show(a)["depend"]);
        Assert.Equal("afterok:0.vm,beforeok:2.vm,beforenotok:3.vm,beforeany:4.vm", _harness.Show(b)["depend"]);
        Assert.Equal("afterok:1.vm,beforeany:4.vm", _harness.Show(c)["depend"]);
        Assert.Equal("afterany:1.vm:2.vm", _harness.Show("4")["depend"]);
        Assert.Equal(("H", "s"), (_harness.State(b), _harness.Show(b)["Hold_Types"]));
        Assert.Equal("22", _harness.Show(b, "root")["substate"]);
        Assert.Null(_harness.Show(b)["substate"]);
        Assert.Equal(["0"], _harness.Queued);
    }

    [Fact]
    public void A_failure_deletes_and_releases_along_the_chain()
    {
        _harness.Submit("Job_Name=A");
        _harness.Submit("depend=afterok:0.vm");
        _harness.Submit("depend=afterok:1.vm");
        _harness.Submit("depend=afternotok:1.vm");
        _harness.Submit("depend=afterany:1.vm:2.vm");
        _harness.Run("0.vm", 0);
        Assert.Equal(("Q", "n"), (_harness.State("1"), _harness.Show("1")["Hold_Types"]));
        Assert.Equal("beforeok:2.vm,beforenotok:3.vm,beforeany:4.vm", _harness.Show("1")["depend"]);

        _harness.Run("1.vm", 1);

        var deleted = _harness.Show("2");
        Assert.Equal(("C", "271", "Job deleted as result of dependency on job 1.vm"), (deleted["job_state"], deleted["exit_status"], deleted["comment"]));
        Assert.Contains(_harness.Mails, m => m.Subject == "PBS JOB 2.vm" && m.Body.Contains("Aborted by PBS Server \nJob deleted as result of dependency on job 1.vm\n", StringComparison.Ordinal));
        Assert.Equal(["3", "4"], _harness.Queued);
    }

    [Fact]
    public void A_job_after_another_may_run_once_that_has_started_however_that_ends()
    {
        _harness.Submit();
        _harness.Submit("depend=after:0.vm");
        _harness.Start("0.vm");
        Assert.Equal(["1"], _harness.Queued);

        _harness.End("0.vm", 1);

        Assert.Equal(["1"], _harness.Queued);
    }

    [Theory]
    [InlineData("afterok", 0, true)]
    [InlineData("afternotok", 3, true)]
    [InlineData("afterany", 3, true)]
    [InlineData("after", 3, true)]
    [InlineData("afterok", 3, false)]
    [InlineData("afternotok", 0, false)]
    public void What_has_ended_already_decides_at_once(string kind, int exitStatus, bool met)
    {
        _harness.Run(_harness.Submit(), exitStatus);

        var reply = _harness.Ask(QueueHarness.Submission(null, null, $"depend={kind}:0"));

        Assert.Equal(met ? PbsError.None : PbsError.BadDependency, reply.Error);
        Assert.Equal(met ? ["1"] : [], _harness.Queued);
    }

    [Fact]
    public void A_job_deleted_in_the_queue_did_not_end_well()
    {
        _harness.Submit();
        _harness.Submit("depend=afterok:0");
        _harness.Submit("depend=afternotok:0");

        _harness.Ask(new Request.Delete("0"));

        Assert.Equal(("C", "Q"), (_harness.State("1"), _harness.State("2")));
    }

    [Fact]
    public void A_job_with_on_waits_for_those_that_name_it()
    {
        var waiting = _harness.Submit("depend=on:2");
        Assert.Equal(("H", "on:2"), (_harness.State(waiting), _harness.Show(waiting)["depend"]));
        _harness.Submit("depend=beforeany:0.vm");
        Assert.Equal("on:1,afterany:1.vm", _harness.Show(waiting)["depend"]);
        Assert.Equal("beforeany:0.vm", _harness.Show("1")["depend"]);
        _harness.Submit("depend=beforeok:0.vm");
        Assert.Equal(PbsError.BadDependency, _harness.Ask(QueueHarness.Submission(null, null, "depend=beforeok:0.vm")).Error);
        Assert.Equal(PbsError.BadDependency, _harness.Ask(QueueHarness.Submission(null, null, "depend=before:1.vm")).Error);

        _harness.Run("1.vm", 5);
        Assert.Equal("H", _harness.State(waiting));
        _harness.Run("2.vm", 0);

        Assert.Equal("Q", _harness.State(waiting));
    }

    [Fact]
    public void A_sync_set_is_released_once_all_of_it_is_there()
    {
        var leader = _harness.Submit("depend=synccount:2");
        var first = _harness.Submit("depend=syncwith:0");
        Assert.Equal(("H", "H"), (_harness.State(leader), _harness.State(first)));

        _harness.Submit("depend=syncwith:0");

        Assert.Equal(["0", "1", "2"], _harness.Queued);
    }

    [Fact]
    public void Jobs_wait_for_arrays_and_a_failure_holds_them_for_ever()
    {
        _harness.SubmitArray("1-3");
        var ok = _harness.Submit("depend=afterokarray:0[].vm");
        var any = _harness.Submit("depend=afteranyarray:0[].vm");
        var two = _harness.Submit("depend=afterokarray:0[].vm[2]");
        var bad = _harness.Submit("depend=afternotokarray:0[][1]");
        var started = _harness.Submit("depend=afterstartarray:0[]");
        Assert.Equal("afterokarray:0[].vm", _harness.Show(ok)["depend"]);
        Assert.Equal("afterokarray:0[].vm[2]", _harness.Show(two)["depend"]);

        _harness.Run("0[1].vm", 0);
        _harness.Run("0[2].vm", 1);
        Assert.Equal(("Q", "H"), (_harness.State(bad), _harness.State(two)));
        _harness.Crash();
        _harness.Run("0[3].vm", 0);

        Assert.Equal(("H", "Q", "Q", "Q"), (_harness.State(ok), _harness.State(any), _harness.State(two), _harness.State(started)));
        _harness.Advance(TimeSpan.FromHours(1));
        Assert.Equal("H", _harness.State(ok));
    }

    [Fact]
    public void Arrays_wait_for_jobs()
    {
        _harness.Submit();
        var array = _harness.SubmitArray("1-2", "depend=afterok:0");
        Assert.Equal("HH", _harness.States(array));
        Assert.Equal("H", _harness.State(array));

        _harness.Run("0.vm", 0);

        Assert.Equal("QQ", _harness.States(array));
    }

    [Fact]
    public void What_is_met_stays_met_over_a_restart()
    {
        _harness.Submit();
        _harness.Submit();
        _harness.Submit("depend=afterok:0:1");
        _harness.Run("0.vm", 0);
        _harness.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal(PbsError.UnknownJobId, _harness.Ask(new Request.Status(StatusOf.Jobs, ["0"], [])).Error);

        _harness.Crash();
        Assert.Equal(("H", "afterok:1.vm"), (_harness.State("2"), _harness.Show("2")["depend"]));
        _harness.Run("1.vm", 0);

        Assert.Equal("Q", _harness.State("2"));
    }

    [Fact]
    public void A_long_chain_falls_without_the_server()
    {
        const int Length = 20_000;
        _harness.Submit();
        for (var i = 1; i < Length; i++)
            _harness.Submit($"depend=afterok:{i - 1}");

        _harness.Run("0.vm", 1);

        Assert.Equal("C", _harness.State($"{Length - 1}"));
        Assert.Empty(_harness.Queued);
    }

    [Fact]
    public void Dependencies_can_be_altered()
    {
        _harness.Submit();
        _harness.Submit();
        _harness.Submit("depend=afterok:0");

        _harness.Ask(new Request.Alter("2", [QueueHarness.Attribute("depend=afterok:1")]));

        Assert.Equal("afterok:1.vm", _harness.Show("2")["depend"]);
        Assert.Null(_harness.Show("0")["depend"]);
        _harness.Ask(new Request.Alter("2", [QueueHarness.Attribute("depend=")]));
        Assert.Equal("Q", _harness.State("2"));
        Assert.Equal(PbsError.BadDependency, _harness.Ask(new Request.Alter("2", [QueueHarness.Attribute("depend=afterok:2")])).Error);
    }
}
