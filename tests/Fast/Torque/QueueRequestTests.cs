using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Queue;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public sealed class QueueRequestTests
{
    private const string NotOperator = "Unauthorized Request  MSG=additional permissions required (ATR_DFLAG_MGWR | ATR_DFLAG_OPWR)";

    private readonly QueueHarness _harness = new();

    public static TheoryData<Request> OnCompleted =>
    [
        new Request.Delete("0"), new Request.Hold("0", "u"), new Request.Release("0", "u"), new Request.Signal("0", "BOGUS"),
        new Request.Alter("0", [new JobAttribute("Resource_List", "walltime", "10")]), new Request.Move("0", "nosuch"),
    ];

    [Theory]
    [MemberData(nameof(OnCompleted))]
    public void What_has_ended_cannot_be_changed(Request request)
    {
        _harness.Run(_harness.Submit(), 0);

        var reply = _harness.Ask(request);

        Assert.Equal((170, "Request invalid for state of job MSG=invalid state for job - COMPLETE"), (PbsException.ExitCodeOf(reply.Error), reply.Message));
    }

    public static TheoryData<Request> OnUnknown =>
    [
        new Request.Delete("99999"), new Request.Hold("99999", "u"), new Request.Alter("99999", []), new Request.Rerun("99999"),
        new Request.Status(StatusOf.Jobs, ["99999.vm"], []), new Request.Delete("0[3]"), new Request.Delete("99999[]"),
    ];

    [Theory]
    [MemberData(nameof(OnUnknown))]
    public void An_unknown_job_is_said_to_be_unknown(Request request)
    {
        _harness.Submit();

        var reply = _harness.Ask(request);

        Assert.Equal((153, "Unknown Job Id Error"), (PbsException.ExitCodeOf(reply.Error), reply.Message));
    }

    [Fact]
    public void Known_jobs_are_shown_beside_an_unknown_one()
    {
        _harness.Submit();

        var reply = _harness.Ask(new Request.Status(StatusOf.Jobs, ["99999.vm", "0"], []));

        Assert.Equal(PbsError.UnknownJobId, reply.Error);
        Assert.Equal("0.vm", Assert.Single(reply.Records!).Name);
    }

    [Fact]
    public void Another_users_job_is_not_to_be_touched_nor_seen()
    {
        _harness.Submit();
        foreach (var request in (Request[])[new Request.Delete("0"), new Request.Hold("0", "u"), new Request.Alter("0", []), new Request.Status(StatusOf.Jobs, ["0"], [])])
            Assert.Equal((PbsError.Permission, "Unauthorized Request "), (_harness.Ask(request, "bob").Error, _harness.Ask(request, "bob").Message));
        Assert.Empty(_harness.Ask(new Request.Status(StatusOf.Jobs, [], []), "bob").Records!);

        _harness.Manage("server", "", "query_other_jobs=True");

        Assert.Single(_harness.Ask(new Request.Status(StatusOf.Jobs, [], []), "bob").Records!);
        _harness.Manage("server", "", "operators+=bob@localhost");
        Assert.Equal(PbsError.None, _harness.Ask(new Request.Hold("0", "o"), "bob").Error);
    }

    [Fact]
    public void A_rerun_is_the_operators()
    {
        _harness.Submit();
        _harness.Start("0.vm");

        var refused = _harness.Ask(new Request.Rerun("0"));
        Assert.Equal((159, NotOperator), (PbsException.ExitCodeOf(refused.Error), refused.Message));

        _harness.Ask(new Request.Rerun("0"), "root");
        Assert.Null(Assert.IsType<MomOrder.Kill>(_harness.Orders.Last()).ExitStatus);
        _harness.End("0.vm", 271);
        Assert.Equal("Q", _harness.State("0"));
        Assert.IsType<MomOrder.Forget>(_harness.Orders.Last());
        _harness.Start("0.vm");
        Assert.Equal("2", _harness.Show("0")["start_count"]);
        Assert.Equal(2, _harness.RunOf("0"));
    }

    [Fact]
    public void A_job_that_is_not_rerunnable_is_rerun_by_force_alone()
    {
        _harness.Submit("Rerunable=False");
        _harness.Start("0.vm");

        var refused = _harness.Ask(new Request.Rerun("0"), "root");
        Assert.Equal((168 + 24, "job is not rerunnable"), (PbsException.ExitCodeOf(refused.Error), refused.Message));
        _harness.Ask(new Request.Rerun("0", Force: true), "root");

        Assert.Equal("Q", _harness.State("0"));
    }

    [Fact]
    public void Holds_are_set_and_released_by_those_who_may()
    {
        var id = _harness.Submit("Hold_Types=u");
        Assert.Equal(("H", "u"), (_harness.State(id), _harness.Show(id)["Hold_Types"]));

        Assert.Equal(PbsError.Permission, _harness.Ask(new Request.Hold(id, "s")).Error);
        _harness.Ask(new Request.Hold(id, "os"), "root");
        Assert.Equal("uos", _harness.Show(id)["Hold_Types"]);
        _harness.Ask(new Request.Release(id, "u"));
        Assert.Equal("os", _harness.Show(id)["Hold_Types"]);
        Assert.Equal(PbsError.Permission, _harness.Ask(new Request.Release(id, "o")).Error);
        _harness.Ask(new Request.Release(id, "os"), "root");

        Assert.Equal(("Q", "n"), (_harness.State(id), _harness.Show(id)["Hold_Types"]));
    }

    [Fact]
    public void A_job_with_a_time_waits_for_it_and_goes_back_to_waiting_after_a_hold()
    {
        var id = _harness.Submit($"Execution_Time={_harness.Now.AddMinutes(10).ToUnixTimeSeconds()}");
        Assert.Equal("W", _harness.State(id));
        _harness.Ask(new Request.Hold(id, "u"));
        Assert.Equal("H", _harness.State(id));
        _harness.Ask(new Request.Alter(id, [QueueHarness.Attribute("Hold_Types=n"), QueueHarness.Attribute("Job_Name=newname")]));
        Assert.Equal(("W", "newname"), (_harness.State(id), _harness.Show(id)["Job_Name"]));

        _harness.Crash();
        _harness.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal("Q", _harness.State(id));
        Assert.Equal(["0"], _harness.Queued);
    }

    [Fact]
    public void A_job_deleted_in_the_queue_completes_without_an_exit_status()
    {
        _harness.Submit();

        _harness.Ask(new Request.Delete("0"));

        Assert.Equal(("C", null), (_harness.State("0"), _harness.Show("0")["exit_status"]));
        Assert.Equal(["11/22/2026 17:09:09;Q;0.vm;queue=batch", "11/22/2026 17:09:09;D;0.vm;requestor=alice@localhost"], _harness.Accounting);
        Assert.Empty(_harness.Orders);
    }

    [Theory]
    [InlineData(null, null, 2)]
    [InlineData(null, 5, 5)]
    [InlineData("user_kill_delay=9", 5, 9)]
    public void A_running_job_is_killed_with_the_grace_that_was_asked_for(string? attribute, int? delay, int grace)
    {
        _harness.Submit(attribute is null ? [] : [attribute]);
        _harness.Start("0.vm", "n2", "n1");

        _harness.Ask(new Request.Delete("0", DelaySeconds: delay));
        _harness.Ask(new Request.Delete("0", DelaySeconds: delay));

        var order = Assert.IsType<QueueEffect.Order>(Assert.Single(_harness.Effects, e => e is QueueEffect.Order));
        Assert.Equal(new QueueEffect.Order("n2", new MomOrder.Kill("0.vm", 1, grace, 271)), order);
        Assert.Equal("R", _harness.State("0"));
        _harness.Crash();
        _harness.Report(new MomReport.Hello("n2", "", [new JobRun("0.vm", 1, true, false, 4711)]), "n2");
        Assert.IsType<MomOrder.Kill>(_harness.Orders.Last());
        _harness.End("0.vm", 271);
        Assert.Equal(("C", "271"), (_harness.State("0"), _harness.Show("0")["exit_status"]));
    }

    [Fact]
    public void A_job_deleted_on_its_way_to_its_nodes_is_killed_when_it_gets_there()
    {
        _harness.Submit();
        _harness.Place("0.vm");
        _harness.Ask(new Request.Delete("0"));
        Assert.True(_harness.Queue.PlacementOf(QueueHarness.Id("0"))!.IsEnding);

        _harness.Report(new MomReport.Started("0.vm", 1, 12));

        Assert.Equal(2, _harness.Orders.OfType<MomOrder.Kill>().Count());
    }

    [Fact]
    public void A_purge_is_the_operators_and_asks_no_node()
    {
        _harness.Submit();
        _harness.Start("0.vm");
        Assert.Equal(PbsError.Permission, _harness.Ask(new Request.Delete("0", Purge: true)).Error);

        _harness.Ask(new Request.Delete("0", Purge: true), "root");

        Assert.Equal("C", _harness.State("0"));
        Assert.Empty(_harness.Queue.Placed);
    }

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("SIGUSR1", 10)]
    [InlineData("9", 9)]
    [InlineData("0", 0)]
    public void Signals_go_by_name_and_number(string name, int number)
    {
        _harness.Submit();
        _harness.Start("0.vm");

        _harness.Ask(new Request.Signal("0", name));

        Assert.Equal(new MomOrder.Signal("0.vm", 1, number), Assert.Single(_harness.Orders));
        Assert.Equal("Unknown/illegal signal name", _harness.Ask(new Request.Signal("0", "BOGUS")).Message);
    }

    [Fact]
    public void A_job_is_suspended_and_resumed()
    {
        _harness.Submit();
        _harness.Start("0.vm");
        Assert.Equal(PbsError.Permission, _harness.Ask(new Request.Signal("0", "suspend")).Error);

        _harness.Ask(new Request.Signal("0", "suspend"), "root");
        _harness.Crash();
        Assert.Equal("S", _harness.State("0"));
        _harness.Ask(new Request.Signal("0", "resume"), "root");

        Assert.Equal("R", _harness.State("0"));
        Assert.Equal([19, 18], _harness.Orders.OfType<MomOrder.Signal>().Select(s => s.Number));
    }

    [Fact]
    public void A_running_job_takes_other_limits_but_no_other_nodes()
    {
        _harness.Submit();
        _harness.Start("0.vm");

        var refused = _harness.Ask(new Request.Alter("0", [QueueHarness.Attribute("Resource_List.nodes=2")]));
        Assert.Equal((169, "Cannot modify attribute while job running  Resource_List.nodes"), (PbsException.ExitCodeOf(refused.Error), refused.Message));
        Assert.Equal(PbsError.None, _harness.Ask(new Request.Alter("0",
            [QueueHarness.Attribute("Resource_List.walltime=00:10:00"), QueueHarness.Attribute("Job_Name=x")])).Error);

        Assert.Equal(("x", "00:10:00"), (_harness.Show("0")["Job_Name"], _harness.Show("0")["Resource_List", "walltime"]));
        Assert.Equal(600, Assert.IsType<MomOrder.Limit>(_harness.Orders.Last()).Limits.WalltimeSeconds);
        Assert.Equal(_harness.Now + TimeSpan.FromMinutes(10), Assert.Single(_harness.Queue.Placed).EndsBy);
    }

    [Fact]
    public void A_queued_job_is_altered_or_refused_as_a_whole()
    {
        _harness.Submit();

        var refused = _harness.Ask(new Request.Alter("0", [QueueHarness.Attribute("Job_Name=x"), QueueHarness.Attribute("Resource_List.nodes=99")]));
        Assert.Equal(PbsError.ExceedsQueueLimits, refused.Error);
        Assert.Equal("s.sh", _harness.Show("0")["Job_Name"]);
        _harness.Ask(new Request.Alter("0", [QueueHarness.Attribute("Resource_List.nodes=2:ppn=2")]));

        Assert.Equal("2", _harness.Show("0")["Resource_List", "nodect"]);
        Assert.Equal(4, Assert.Single(_harness.Queue.Queued).Nodes.Sum(n => n.Count * n.Slots));
    }

    [Fact]
    public void Priorities_order_the_queue_and_jobs_can_change_places()
    {
        _harness.Submit();
        _harness.Submit();
        _harness.Submit("Priority=10");
        _harness.Submit();
        Assert.Equal(["2", "0", "1", "3"], _harness.Queued);

        _harness.Ask(new Request.Order("0", "3"));
        Assert.Equal(["2", "3", "1", "0"], _harness.Queued);
        _harness.Ask(new Request.Alter("1", [QueueHarness.Attribute("Priority=11")]));
        _harness.Crash();

        Assert.Equal(["1", "2", "3", "0"], _harness.Queued);
    }

    [Fact]
    public void A_job_moves_to_another_queue_if_that_takes_it()
    {
        _harness.Manage("queue", "fast", "queue_type=E enabled=True started=True Priority=5 resources_default.walltime=00:05:00", ManageVerb.Create);
        _harness.Submit();
        _harness.Submit();
        Assert.Equal("Unknown queue MSG=requested queue not found", _harness.Ask(new Request.Move("1", "nosuch")).Message);

        Assert.Equal(PbsError.None, _harness.Ask(new Request.Move("1", "fast")).Error);

        Assert.Equal(("fast", "00:05:00"), (_harness.Show("1")["queue"], _harness.Show("1")["Resource_List", "walltime"]));
        Assert.Equal(["1", "0"], _harness.Queued);
        _harness.Manage("queue", "fast", "started=False");
        Assert.Equal(["0"], _harness.Queued);
        _harness.Crash();
        Assert.Equal(["0"], _harness.Queued);
    }

    [Fact]
    public void A_note_goes_to_the_first_node()
    {
        _harness.Submit();
        Assert.Equal(PbsError.BadState, _harness.Ask(new Request.Note("0", "hello")).Error);
        _harness.Start("0.vm", "n2", "n1");

        _harness.Ask(new Request.Note("0", "hello", ToError: false));

        Assert.Equal(new QueueEffect.Order("n2", new MomOrder.Note("0.vm", 1, "hello", false)), _harness.Effects.Last(e => e is QueueEffect.Order));
    }

    [Fact]
    public void The_server_is_ended_by_operators_alone()
    {
        Assert.Equal(PbsError.Permission, _harness.Ask(new Request.Terminate()).Error);
        Assert.Equal(PbsError.None, _harness.Ask(new Request.Terminate(), "root").Error);
    }

    [Fact]
    public void Of_a_job_that_has_ended_everybody_is_told_that_it_cannot_be_run()
    {
        _harness.Submit();
        _harness.Run("0", 0);
        Assert.Equal(PbsError.BadState, _harness.Queue.PrepareRun(_harness.Now, QueueHarness.User("alice"), new Request.Run("0")).Refusal!.Error);
    }

    [Fact]
    public void Qrun_is_the_operators_and_for_queued_jobs()
    {
        _harness.Submit();
        Assert.Equal(NotOperator, _harness.Queue.PrepareRun(_harness.Now, QueueHarness.User("alice"), new Request.Run("0")).Refusal!.Message);

        var (refusal, job) = _harness.Queue.PrepareRun(_harness.Now, QueueHarness.Root, new Request.Run("0", "n1+n2"));

        Assert.Null(refusal);
        Assert.Equal(["n1", "n2"], job!.Hosts!);
        _harness.Run("0.vm", 0);
        Assert.Equal(PbsError.BadState, _harness.Queue.PrepareRun(_harness.Now, QueueHarness.Root, new Request.Run("0")).Refusal!.Error);
    }

    [Fact]
    public void Jobs_are_selected_by_what_they_are()
    {
        _harness.Submit("Job_Name=a", "Priority=3", "Resource_List.walltime=00:10:00");
        _harness.Submit("Job_Name=b", "Resource_List.mem=2gb");
        _harness.Submit("Hold_Types=u");
        _harness.Run("0.vm", 0);
        string[] Selected(Request.Select select) => [.. _harness.Ask(select).Records!.Select(r => r.Name)];

        Assert.Equal(["0.vm", "1.vm", "2.vm"], Selected(new Request.Select([])));
        Assert.Equal(["0.vm"], Selected(new Request.Select([], "C", Users: ["alice"])));
        Assert.Empty(Selected(new Request.Select([], Users: ["bob"])));
        Assert.Equal(["1.vm", "2.vm"], Selected(new Request.Select([], "QH")));
        Assert.Equal(["0.vm"], Selected(new Request.Select([new AttributeTest("Priority", null, "gt", "2")])));
        Assert.Equal(["1.vm", "2.vm"], Selected(new Request.Select([new AttributeTest("Resource_List", "walltime", "ge", "600.5")])));
        Assert.Equal(["1.vm"], Selected(new Request.Select([new AttributeTest("Resource_List", "mem", "ge", "1048576kb")])));
        Assert.Equal(["2.vm"], Selected(new Request.Select([new AttributeTest("Hold_Types", null, "eq", "u")])));
        Assert.Equal(["1.vm"], Selected(new Request.Select([new AttributeTest("Job_Name", null, "eq", "b")], Queue: "batch")));
    }
}
