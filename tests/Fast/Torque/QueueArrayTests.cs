using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public sealed class QueueArrayTests
{
    private readonly QueueHarness _harness = new();

    [Fact]
    public void An_array_is_shown_as_recorded()
    {
        var id = _harness.SubmitArray("1-5,8%2", "Job_Name=arr", "Join_Path=oe");
        _harness.Start("0[2].vm");
        _harness.Start("0[1].vm");
        _harness.End("0[2].vm", 0);

        Assert.Equal("0[].vm", id);
        Assert.Equal("RCQHHH", _harness.States(id));
        var summary = _harness.Show(id);
        Assert.Equal(("R", "arr", "1-5,8%2"), (summary["job_state"], summary["Job_Name"], summary["job_array_request"]));
        var element = _harness.Show("0[3]");
        Assert.Equal(("0[3].vm", "arr-3", "3"), (element.Name, element["Job_Name"], element["job_array_id"]));
        Assert.Equal("vm:/home/alice/work/arr.o0-3", element["Output_Path"]);
        Assert.StartsWith("PBS_ARRAYID=3,PBS_O_QUEUE=batch,PBS_O_HOME=/home/alice,", element["Variable_List"], StringComparison.Ordinal);
        Assert.EndsWith(",PBS_O_HOST=vm,PBS_O_SERVER=vm", element["Variable_List"], StringComparison.Ordinal);
        Assert.Equal("l", _harness.Show("0[8]")["Hold_Types"]);
    }

    [Fact]
    public void Elements_take_their_turns_in_order_as_others_end()
    {
        var id = _harness.SubmitArray("0-4%2");
        Assert.Equal(["0[0]", "0[1]"], _harness.Queued);

        _harness.Run("0[0].vm", 1);
        Assert.Equal(["0[1]", "0[2]"], _harness.Queued);
        _harness.Crash();
        Assert.Equal(["0[1]", "0[2]"], _harness.Queued);
        _harness.Run("0[1].vm", 0);
        _harness.Run("0[2].vm", 0);

        Assert.Equal("CCCQQ", _harness.States(id));
    }

    [Fact]
    public void The_slot_limit_can_be_altered_up_and_down()
    {
        var id = _harness.SubmitArray("1-6%3");
        _harness.Start("0[1].vm");

        _harness.Ask(new Request.Alter(id, [], "%1"));
        Assert.Equal("RHHHHH", _harness.States(id));
        _harness.Ask(new Request.Alter(id, [], "%4"));
        Assert.Equal("RQQQHH", _harness.States(id));
        Assert.Equal("1-6%4", _harness.Show(id)["job_array_request"]);
    }

    [Fact]
    public void Where_the_site_wants_it_elements_beyond_the_limit_are_shown_as_queued()
    {
        _harness.Manage("server", "", "moab_array_compatible=False");
        var id = _harness.SubmitArray("1-3%1");

        Assert.Equal("QQQ", _harness.States(id));
        Assert.Single(_harness.Queued);
    }

    [Fact]
    public void Requests_can_be_for_a_range_of_elements()
    {
        var id = _harness.SubmitArray("1-6");

        _harness.Ask(new Request.Hold(id, "u", "2-4"));
        Assert.Equal("QHHHQQ", _harness.States(id));
        _harness.Ask(new Request.Release(id, "u", "3"));
        Assert.Equal("QHQHQQ", _harness.States(id));
        _harness.Ask(new Request.Delete(id, "5-9"));
        Assert.Equal("QHQHCC", _harness.States(id));
        _harness.Ask(new Request.Alter(id, [QueueHarness.Attribute("Priority=7")], "3"));
        Assert.Equal(["0[3]", "0[1]"], _harness.Queued);
        _harness.Crash();
        Assert.Equal(["0[3]", "0[1]"], _harness.Queued);
        Assert.Equal("QHQHCC", _harness.States(id));
        Assert.Equal(235, PbsException.ExitCodeOf(_harness.Ask(new Request.Delete(id, "4-2")).Error));
        Assert.Equal(235, PbsException.ExitCodeOf(_harness.Ask(new Request.Delete(id, "77")).Error));
    }

    [Fact]
    public void Deleting_an_array_ends_what_waits_at_once_and_kills_what_runs()
    {
        var id = _harness.SubmitArray("1-3%2");
        _harness.Start("0[1].vm");

        Assert.Equal(PbsError.None, _harness.Ask(new Request.Delete("0[]")).Error);

        Assert.Equal("RCC", _harness.States(id));
        Assert.Equal("0[1].vm", Assert.IsType<MomOrder.Kill>(Assert.Single(_harness.Orders)).JobId);
        _harness.End("0[1].vm", 271);
        Assert.Equal("C", _harness.State(id));
        Assert.Equal(170, PbsException.ExitCodeOf(_harness.Ask(new Request.Delete("0[]")).Error));
    }

    [Fact]
    public void Elements_are_forgotten_one_by_one_and_the_array_with_the_last()
    {
        var id = _harness.SubmitArray("1-2");
        _harness.Run("0[1].vm", 0);
        _harness.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("Q", _harness.States(id));

        _harness.Crash();
        Assert.Equal("Q", _harness.States(id));
        _harness.Run("0[2].vm", 0);
        _harness.Advance(TimeSpan.FromSeconds(301));

        Assert.Equal(PbsError.UnknownJobId, _harness.Ask(new Request.Status(StatusOf.Jobs, [id], [])).Error);
        Assert.Empty(_harness.Stored.States);
        Assert.Empty(_harness.Stored.Forms);
    }

    [Fact]
    public void An_array_is_altered_as_a_whole_and_its_elements_go_on_sharing()
    {
        var id = _harness.SubmitArray("1-3");

        _harness.Ask(new Request.Alter(id, [QueueHarness.Attribute("Resource_List.walltime=00:02:00")]));

        Assert.Single(_harness.Stored.Forms);
        Assert.Equal("00:02:00", _harness.Show("0[2]")["Resource_List", "walltime"]);
        _harness.Crash();
        Assert.Equal("00:02:00", _harness.Show("0[2]")["Resource_List", "walltime"]);
    }

    [Fact]
    public void OpenPBS_scripts_find_their_index_under_its_name()
    {
        _harness.SubmitArray("0-8:4");

        var launch = _harness.Place("0[4].vm");

        Assert.Equal(("4", "4"), (launch.Variables["PBS_ARRAYID"], launch.Variables["PBS_ARRAY_INDEX"]));
        Assert.Equal(4, launch.ArrayIndex);
    }

    [Fact]
    public void A_path_that_tells_elements_apart_stays_as_it_is()
    {
        _harness.SubmitArray("1-2", "Output_Path=vm:/logs/x.$PBS_ARRAYID", "Error_Path=vm:/dev/null");
        _harness.SubmitArray("1-2", "Output_Path=vm:/logs/x");

        Assert.Equal("vm:/logs/x.$PBS_ARRAYID", _harness.Show("0[1]")["Output_Path"]);
        Assert.Equal("vm:/dev/null", _harness.Show("0[1]")["Error_Path"]);
        Assert.Equal("vm:/logs/x-1", _harness.Show("1[1]")["Output_Path"]);
    }

    [Fact]
    public void The_server_may_limit_arrays()
    {
        _harness.Manage("server", "", "max_job_array_size=10 max_slot_limit=4");

        Assert.Equal(PbsError.BadArrayRequest, _harness.Ask(QueueHarness.Submission(null, "1-11%2")).Error);
        Assert.EndsWith("Requested slot limit is too large, limit is 4", _harness.Ask(QueueHarness.Submission(null, "1-9%5")).Message, StringComparison.Ordinal);
        Assert.Equal(PbsError.None, _harness.Ask(QueueHarness.Submission(null, "1-10%4")).Error);
    }

    [Fact]
    public void A_requeued_element_keeps_its_place_among_the_slots()
    {
        var id = _harness.SubmitArray("1-3%1");
        _harness.Start("0[1].vm");

        _harness.Do(q => q.NodeLost(_harness.Now, QueueHarness.Id("0[1]"), 1, "n1", "the agent is gone"));

        Assert.Equal("QHH", _harness.States(id));
        Assert.Equal(["0[1]"], _harness.Queued);
    }
}
