using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>What is taken and what is refused, in the words and with the exit codes recorded from the original.</summary>
public sealed class QueueSubmitTests
{
    private const string Infeasible =
        "Job exceeds queue resource limits MSG=cannot locate feasible nodes (nodes file is empty, all systems are busy, or no nodes have the requested feature)";

    private readonly QueueHarness _harness = new();

    [Theory]
    [InlineData("Resource_List.nodes=99:ppn=1", 190, Infeasible)]
    [InlineData("Resource_List.nodes=1:ppn=99", 190, Infeasible)]
    [InlineData("Resource_List.nodes=1:nosuchprop", 190, Infeasible)]
    [InlineData("Resource_List.procs=33", 190, Infeasible)]
    [InlineData("Resource_List.walltime=abc", 168, "Illegal attribute or resource value for Resource_List.walltime")]
    [InlineData("Resource_List.mem=1zz", 168, "Illegal attribute or resource value for Resource_List.mem")]
    [InlineData("Resource_List.procs=0", 168, "Illegal attribute or resource value for Resource_List.procs")]
    [InlineData("Resource_List.foo=3", 189, "Unknown resource type  Resource_List.foo")]
    [InlineData("Resource_List.nodes=1:ppn=x", 27, "Command syntax invalid MSG=Invalid Syntax")]
    [InlineData("Priority=5000", 168, "Illegal attribute or resource value for Priority")]
    [InlineData("depend=afterok:99999", 208, "Invalid Job Dependency")]
    [InlineData("depend=afterok", 208, "Invalid Job Dependency")]
    [InlineData("depend=on:x", 208, "Invalid Job Dependency")]
    [InlineData("nonsense=1", 154, "Undefined attribute  nonsense")]
    public void A_bad_submission_is_refused_as_the_original_does_and_leaves_nothing(string attribute, int exitCode, string message)
    {
        var reply = _harness.Ask(QueueHarness.Submission(null, null, attribute));

        Assert.Equal((exitCode, message), (PbsException.ExitCodeOf(reply.Error), reply.Message));
        Assert.Empty(_harness.Ask(new Request.Status(StatusOf.Jobs, [], [])).Records!);
        Assert.Empty(_harness.Effects);
        Assert.Equal("0.vm", _harness.Submit());
    }

    [Fact]
    public void Nodes_and_ncpus_may_not_be_mixed()
    {
        var reply = _harness.Ask(QueueHarness.Submission(null, null, "Resource_List.nodes=1", "Resource_List.ncpus=2"));

        Assert.Equal((PbsError.InvalidRequest, "Jobs may not mix -l nodes with -l size or -l ncpus"), (reply.Error, reply.Message));
    }

    [Theory]
    [InlineData("5-1")]
    [InlineData("abc")]
    [InlineData("1-3%0")]
    [InlineData("")]
    public void A_bad_array_range_is_refused(string range)
    {
        var reply = _harness.Ask(QueueHarness.Submission(null, range));

        Assert.Equal((235, "Bad Job Array Request"), (PbsException.ExitCodeOf(reply.Error), reply.Message));
    }

    [Fact]
    public void A_queue_that_is_not_there_is_refused()
    {
        var reply = _harness.Ask(QueueHarness.Submission("nosuch", null));

        Assert.Equal((172, "Unknown queue MSG=requested queue not found"), (PbsException.ExitCodeOf(reply.Error), reply.Message));
    }

    [Fact]
    public void Without_a_default_queue_one_has_to_be_named()
    {
        _harness.Manage("server", "", "default_queue", ManageVerb.Unset);

        Assert.Equal((PbsError.NoDefaultQueue, "No default queue specified"), Refusal(null));
        Assert.Equal(PbsError.None, Refusal("batch").Error);
    }

    [Theory]
    [InlineData("enabled=False", 175, "Queue is not enabled")]
    [InlineData("acl_user_enable=True acl_users=bob,carol", 176, "Access to queue is denied")]
    [InlineData("acl_group_enable=True acl_groups=staff", 176, "Access to queue is denied")]
    [InlineData("max_queuable=0", 200, "Maximum number of jobs already in queue")]
    [InlineData("max_user_queuable=0", 228, "Maximum number of jobs already in queue for user")]
    [InlineData("resources_max.walltime=00:30:00", 190, "Job exceeds queue resource limits MSG=cannot satisfy queue max walltime requirement")]
    [InlineData("resources_min.nodect=2", 190, "Job exceeds queue resource limits MSG=cannot satisfy queue min nodect requirement")]
    [InlineData("disallowed_types=batch", 231, "Queue does not allow batch jobs")]
    // The checks come in the original's order: the first that fails is the one that is told.
    [InlineData("enabled=False acl_user_enable=True max_queuable=0", 175, "Queue is not enabled")]
    [InlineData("acl_user_enable=True max_queuable=0", 176, "Access to queue is denied")]
    [InlineData("max_queuable=0 resources_max.walltime=1", 200, "Maximum number of jobs already in queue")]
    public void A_queue_refuses_what_it_is_not_for(string attributes, int exitCode, string message)
    {
        Assert.Null(_harness.Manage("queue", "batch", attributes).Message);

        var (error, text) = Refusal("batch");

        Assert.Equal((exitCode, message), (PbsException.ExitCodeOf(error), text));
    }

    [Fact]
    public void An_array_counts_with_all_its_elements()
    {
        _harness.Manage("queue", "batch", "max_user_queuable=3");

        Assert.Equal(PbsError.QueueFullForUser, _harness.Ask(QueueHarness.Submission(null, "1-4")).Error);
        Assert.Equal(PbsError.None, _harness.Ask(QueueHarness.Submission(null, "1-3")).Error);
        Assert.Equal(PbsError.QueueFullForUser, _harness.Ask(QueueHarness.Submission(null, null)).Error);
        Assert.Equal(PbsError.None, _harness.Ask(QueueHarness.Submission(null, null), "bob").Error);
    }

    [Fact]
    public void Root_may_submit_only_where_acl_roots_says_so()
    {
        var refused = _harness.Ask(QueueHarness.Submission(null, null), "root");
        _harness.Manage("server", "", "acl_roots=root");
        var taken = _harness.Ask(QueueHarness.Submission(null, null), "root");

        Assert.Equal("qsub can not be run as root", refused.Message);
        Assert.Equal("0.vm", taken.Id);
    }

    [Theory]
    [InlineData("Resource_List.select=1:ncpus=1", 1, 1)]
    [InlineData("Resource_List.select=2:ncpus=4:mpiprocs=2", 2, 8)]
    [InlineData("Resource_List.procs=5", 1, 5)]
    [InlineData("Resource_List.ncpus=3", 1, 3)]
    [InlineData("Resource_List.nodes=1:ppn=2+2:ppn=1:fast", 3, 4)]
    [InlineData("Resource_List.qos=high", 1, 1)]
    public void Every_way_to_ask_for_nodes_is_honoured(string resource, int nodes, int slots)
    {
        var id = _harness.Submit(resource);

        Assert.Equal($"{nodes}", _harness.Show(id)["Resource_List", "nodect"]);
        Assert.Equal(slots, Assert.Single(_harness.Queue.Queued).Nodes.Sum(n => n.Count * n.Slots));
    }

    [Fact]
    public void The_jobs_memory_is_asked_for_on_its_nodes()
    {
        _harness.Submit("Resource_List.nodes=2:ppn=2", "Resource_List.mem=3gb");
        _harness.Submit("Resource_List.nodes=1:ppn=4", "Resource_List.mem=1gb", "Resource_List.pmem=1gb");

        Assert.Equal([3L << 29, 4L << 30], _harness.Queue.Queued.Select(q => q.Nodes[0].MemoryBytes!.Value));
    }

    [Fact]
    public void Defaults_are_those_of_torque_setup()
    {
        var job = _harness.Show(_harness.Submit("Resource_List.walltime=60", "Resource_List.mem=2G"));

        Assert.Equal(["walltime=00:01:00", "mem=2gb", "nodes=1", "nodect=1"],
            job.Attributes.Where(a => a.Name == "Resource_List").Select(a => $"{a.Resource}={a.Value}"));
        Assert.Equal(["walltime=01:00:00", "nodes=1", "nodect=1"],
            _harness.Show(_harness.Submit()).Attributes.Where(a => a.Name == "Resource_List").Select(a => $"{a.Resource}={a.Value}"));
    }

    [Fact]
    public void Ids_go_on_after_a_restart_and_are_never_given_twice()
    {
        _harness.Submit();
        _harness.Run(_harness.Submit(), 0);
        _harness.Ask(new Request.Delete("0"));
        _harness.Advance(TimeSpan.FromSeconds(301));
        Assert.Empty(_harness.Ask(new Request.Status(StatusOf.Jobs, [], [])).Records!);
        Assert.Empty(_harness.Stored.Scripts);
        Assert.Empty(_harness.Stored.States);

        _harness.Crash();

        Assert.Equal("2.vm", _harness.Submit());
    }

    [Fact]
    public void Output_goes_beside_the_submission_or_where_it_is_told()
    {
        var plain = _harness.Show(_harness.Submit("Job_Name=golden1"));
        var told = _harness.Show(_harness.Submit("Output_Path=vm:/logs/", "Error_Path=vm:/logs/err"));

        Assert.Equal("vm:/home/alice/work/golden1.o0", plain["Output_Path"]);
        Assert.Equal("vm:/home/alice/work/golden1.e0", plain["Error_Path"]);
        Assert.Equal("vm:/logs/s.sh.o1", told["Output_Path"]);
        Assert.Equal("vm:/logs/err", told["Error_Path"]);
    }

    [Fact]
    public void A_routing_queue_passes_on_to_the_first_that_takes_the_job()
    {
        Route();

        Assert.Equal("short", _harness.Show(_harness.Ask(QueueHarness.Submission("route", null)).Id!)["queue"]);
        Assert.Equal("long", _harness.Show(_harness.Ask(QueueHarness.Submission("route", null, "Resource_List.walltime=5:00:00")).Id!)["queue"]);
        var reply = _harness.Ask(QueueHarness.Submission("route", null, "Resource_List.walltime=50:00:00"));
        Assert.Equal((193, "Job rejected by all possible destinations (check syntax, queue resources, ...)"),
            (PbsException.ExitCodeOf(reply.Error), reply.Message));
        Assert.Equal(PbsError.QueueAccess, Refusal("short").Error);
    }

    [Fact]
    public void A_job_waits_in_its_routing_queue_until_a_destination_has_room()
    {
        Route();
        _harness.Manage("queue", "short", "max_queuable=1");
        _harness.Manage("queue", "long", "enabled=False");
        var first = _harness.Ask(QueueHarness.Submission("route", null)).Id!;
        var second = _harness.Ask(QueueHarness.Submission("route", null)).Id!;
        Assert.Equal("route", _harness.Show(second)["queue"]);
        Assert.Equal([QueueHarness.Id(first).ToString()], _harness.Queued);

        _harness.Run(first, 0);
        _harness.Crash();
        _harness.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal("short", _harness.Show(second)["queue"]);
        Assert.Equal("01:00:00", _harness.Show(second)["Resource_List", "walltime"]);
        Assert.Equal([QueueHarness.Id(second).ToString()], _harness.Queued);
    }

    private void Route()
    {
        foreach (var (name, attributes) in new[]
        {
            ("short", "queue_type=Execution enabled=True started=True from_route_only=True resources_default.walltime=01:00:00 resources_max.walltime=02:00:00"),
            ("long", "queue_type=Execution enabled=True started=True resources_max.walltime=10:00:00 resources_default.walltime=08:00:00"),
            ("route", "queue_type=Route enabled=True started=True route_destinations=short,long"),
        })
        {
            Assert.Null(_harness.Manage("queue", name, "", ManageVerb.Create).Message);
            Assert.Null(_harness.Manage("queue", name, attributes).Message);
        }
    }

    private (PbsError Error, string? Message) Refusal(string? queue)
    {
        var reply = _harness.Ask(QueueHarness.Submission(queue, null));
        return (reply.Error, reply.Message);
    }
}
