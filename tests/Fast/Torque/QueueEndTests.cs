using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Queue;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>Starts, ends, requeues and the limits on them.</summary>
public sealed class QueueEndTests
{
    private readonly QueueHarness _harness = new();

    [Fact]
    public void A_mom_gets_all_it_needs()
    {
        var id = _harness.Submit("Job_Name=j", "Resource_List.nodes=2:ppn=2", "Resource_List.mem=1gb", "Shell_Path_List=/bin/sh@vm", "umask=022", "job_arguments=a b");

        var launch = _harness.Place(id, "n2", "n1");

        Assert.Equal(("0.vm", 1, "j", "alice", "batch", "vm"), (launch.JobId, launch.Run, launch.Name, launch.User, launch.Queue, launch.Server));
        Assert.Equal((2, 2, 4), (launch.NodeCount, launch.SlotsOfFirst, launch.Slots));
        Assert.Equal(("/bin/sh", 18, "a b"), (launch.Shell, launch.Umask, launch.ScriptArguments));
        Assert.Equal((3600, 1L << 30), (launch.Limits.WalltimeSeconds, launch.Limits.MemBytes));
        Assert.Equal([new JobHost("n2", "n2.example", 0, "0-1", 2), new JobHost("n1", "n1.example", 0, "0-1", 2)], launch.Hosts);
        Assert.Equal("echo hi\n", System.Text.Encoding.ASCII.GetString(launch.Script));
        Assert.Equal("/home/alice/work", launch.Variables["PBS_O_WORKDIR"]);
        Assert.Equal("R", _harness.State(id));
        Assert.Throws<InvalidOperationException>(() => _harness.Place(id));
    }

    [Fact]
    public void A_running_job_goes_on_over_a_restart_with_the_same_run_and_token()
    {
        var id = _harness.Submit();
        _harness.Submit("Hold_Types=u");
        _harness.Start(id, "n2");
        var before = _harness.Queue.PlacementOf(QueueHarness.Id(id))!;

        _harness.Crash();

        var after = _harness.Queue.PlacementOf(QueueHarness.Id(id))!;
        Assert.Equal((before.Run, before.Launch.Token, true), (after.Run, after.Launch.Token, after.HasStarted));
        Assert.Equal(before.Launch.Hosts, after.Launch.Hosts);
        Assert.Equal([0, 1], Assert.Single(Assert.Single(_harness.Queue.Placed).Shares).Slots);
        Assert.Empty(_harness.Queued);
        _harness.End(id, 4);
        Assert.Equal(("C", "4", "1"), (_harness.State(id), _harness.Show(id)["exit_status"], _harness.Show(id)["start_count"]));
        Assert.Equal("H", _harness.State("1"));
        _harness.Crash();
        Assert.Equal("C", _harness.State(id));
        Assert.Empty(_harness.Queue.Placed);
    }

    [Fact]
    public void An_end_that_is_repeated_is_to_be_forgotten_and_counts_once()
    {
        var id = _harness.Submit();
        _harness.Start(id);
        var run = _harness.RunOf(id);
        _harness.End(id, 0);

        _harness.Report(new MomReport.Ended(id, run, 1, new JobUsage(0, 0, 0, 0), 1), "n1");

        Assert.Equal("0", _harness.Show(id)["exit_status"]);
        Assert.Equal(2, _harness.Orders.Count(o => o == new MomOrder.Forget(id, run)));
        Assert.Single(_harness.Accounting, l => l.Contains(";E;", StringComparison.Ordinal));
    }

    [Fact]
    public void A_late_report_of_a_former_run_changes_nothing()
    {
        var id = _harness.Submit();
        _harness.Start(id);
        _harness.Do(q => q.NodeLost(_harness.Now, QueueHarness.Id(id), 1, "n1", "gone"));
        _harness.Start(id, "n2");

        _harness.Report(new MomReport.Ended(id, 1, 9, new JobUsage(0, 0, 0, 0), 1), "n1");

        Assert.Equal("R", _harness.State(id));
        Assert.Equal(new QueueEffect.Order("n1", new MomOrder.Forget(id, 1)), _harness.Effects.Last(e => e is QueueEffect.Order));
    }

    [Fact]
    public void A_lost_node_requeues_what_may_run_again_and_fails_the_rest()
    {
        var again = _harness.Submit();
        var once = _harness.Submit("Rerunable=False");
        _harness.Start(again, "n1", "n2");
        _harness.Start(once, "n1");

        _harness.Do(q => q.NodeLost(_harness.Now, QueueHarness.Id(again), 1, "n1", "its agent is gone"));
        _harness.Do(q => q.NodeLost(_harness.Now, QueueHarness.Id(once), 1, "n1", "its agent is gone"));

        Assert.Equal(("Q", null), (_harness.State(again), _harness.Show(again)["exec_host"]));
        Assert.Contains(new QueueEffect.Order("n2", new MomOrder.Forget(again, 1)), _harness.Effects);
        var failed = _harness.Show(once);
        Assert.Equal(("C", "-4"), (failed["job_state"], failed["exit_status"]));
        Assert.Equal("node n1 was lost: its agent is gone; the job is not rerunnable", failed["comment"]);
        Assert.Contains("node n1 was lost", Assert.Single(_harness.Mails).Body, StringComparison.Ordinal);
        _harness.Start(again, "n2");
        Assert.Equal("2", _harness.Show(again)["start_count"]);
    }

    [Fact]
    public void The_exit_code_that_asks_for_it_requeues()
    {
        _harness.Manage("server", "", "automatic_requeue_exit_code=99");
        var id = _harness.Submit();

        _harness.Run(id, 99);
        Assert.Equal("Q", _harness.State(id));
        _harness.Run(id, 0);

        Assert.Equal(("C", "2"), (_harness.State(id), _harness.Show(id)["start_count"]));
    }

    [Fact]
    public void A_start_that_failed_is_tried_again_after_a_pause_or_ends_the_job()
    {
        var id = _harness.Submit();
        _harness.Place(id);
        _harness.Do(q => q.StartFailed(_harness.Now, QueueHarness.Id(id), 1, "n1 does not answer", true));
        Assert.Equal(("Q", "n1 does not answer"), (_harness.State(id), _harness.Show(id)["comment"]));
        Assert.Empty(_harness.Queued);

        _harness.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["0"], _harness.Queued);
        _harness.Place(id);
        _harness.Do(q => q.StartFailed(_harness.Now, QueueHarness.Id(id), 2, "no such user", false));

        Assert.Equal(("C", "-1", "no such user"), (_harness.State(id), _harness.Show(id)["exit_status"], _harness.Show(id)["comment"]));
    }

    [Fact]
    public void A_mom_that_comes_back_is_told_what_to_forget()
    {
        var id = _harness.Submit();
        _harness.Place(id, "n1");

        _harness.Report(new MomReport.Hello("n1", "", [new JobRun("0.vm", 1, true, false, 99), new JobRun("7.vm", 3, true, false, 5), new JobRun("8.vm", 1, false, true, 5)]));

        Assert.Equal(new MomOrder.Forget("7.vm", 3), Assert.Single(_harness.Orders));
        // That it had started was not known, its report being lost.
        Assert.Equal(("R", "1"), (_harness.State(id), _harness.Show(id)["start_count"]));
    }

    [Fact]
    public void Limits_say_which_forbids_a_job_to_run()
    {
        _harness.Manage("queue", "batch", "max_user_run=1 max_running=2 resources_available.nodect=4");
        foreach (var user in (string[])["alice", "alice", "bob", "carol"])
            _harness.Ask(QueueHarness.Submission(null, null), user);
        Assert.Null(_harness.Queue.LimitOf(QueueHarness.Id("1")));

        _harness.Start("0.vm");
        Assert.Contains("max_user_run", _harness.Queue.LimitOf(QueueHarness.Id("1")), StringComparison.Ordinal);
        Assert.Null(_harness.Queue.LimitOf(QueueHarness.Id("2")));
        _harness.Start("2.vm");
        Assert.Contains("max_running", _harness.Queue.LimitOf(QueueHarness.Id("3")), StringComparison.Ordinal);
        _harness.End("2.vm", 0);
        Assert.Null(_harness.Queue.LimitOf(QueueHarness.Id("3")));
    }

    [Fact]
    public void Groups_are_limited_too()
    {
        _harness.Manage("queue", "batch", "max_group_run=1");
        _harness.Submit();
        _harness.Submit();
        _harness.Start("0.vm");

        Assert.Contains("max_group_run", _harness.Queue.LimitOf(QueueHarness.Id("1")), StringComparison.Ordinal);
    }

    [Fact]
    public void Completed_jobs_are_kept_for_as_long_as_the_site_wants()
    {
        _harness.Run(_harness.Submit(), 0);
        _harness.Manage("server", "", "keep_completed=10");

        _harness.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("C", _harness.State("0"));
        _harness.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(PbsError.UnknownJobId, _harness.Ask(new Request.Status(StatusOf.Jobs, ["0"], [])).Error);
    }

    [Fact]
    public void Queues_are_managed_by_managers()
    {
        Assert.Equal("Unauthorized Request  MSG=error in permissions (PERM_MANAGER)", _harness.Manage("queue", "x", "", ManageVerb.Create, "alice").Message);
        Assert.Equal("Unauthorized Request  MSG=error in permissions (PERM_OPorMGR)", _harness.Manage("node", "n1", "note=x", user: "alice").Message);
        Assert.Equal("Queue already exists", _harness.Manage("queue", "batch", "", ManageVerb.Create).Message);
        Assert.Equal("Undefined attribute  colour", _harness.Manage("queue", "batch", "colour=red").Message);
        Assert.Equal("Illegal attribute or resource value for max_running", _harness.Manage("queue", "batch", "enabled=False max_running=x").Message);
        _harness.Submit();
        Assert.Equal("Cannot delete busy queue", _harness.Manage("queue", "batch", "", ManageVerb.Delete).Message);
        _harness.Manage("server", "", "managers=alice@localhost");
        Assert.Null(_harness.Manage("queue", "x", "", ManageVerb.Create, "alice").Message);
        Assert.Equal(PbsError.QueueIncomplete, _harness.Manage("queue", "x", "enabled=True", user: "alice").Error);
        Assert.Null(_harness.Manage("queue", "x", "", ManageVerb.Delete, "alice").Message);
    }

    [Fact]
    public void Nodes_keep_what_was_said_of_them()
    {
        _harness.Manage("node", "n1", "state=offline note=broken");
        _harness.Manage("node", "n2", "", ManageVerb.Create);
        _harness.Manage("node", "n2", "np=8 properties=fast,ib");
        _harness.Manage("node", "n2", "properties+=gpu properties-=ib");

        _harness.Crash();

        Assert.Equal((true, "broken"), (_harness.Queue.Nodes["n1"].IsOffline, _harness.Queue.Nodes["n1"].Note));
        Assert.Equal(8, _harness.Queue.Nodes["n2"].Slots);
        Assert.Equal(["fast", "gpu"], _harness.Queue.Nodes["n2"].Properties!);
        _harness.Manage("node", "n1", "state-=offline");
        Assert.False(_harness.Queue.Nodes["n1"].IsOffline);
    }

    [Fact]
    public void Nothing_is_offered_to_the_scheduler_while_scheduling_is_off()
    {
        _harness.Submit();
        _harness.Manage("server", "", "scheduling=False");
        Assert.Equal(0, _harness.Queue.QueuedCount);
        Assert.Empty(_harness.Queued);

        _harness.Manage("server", "", "scheduling=True");

        Assert.Equal(1, _harness.Queue.QueuedCount);
    }
}
