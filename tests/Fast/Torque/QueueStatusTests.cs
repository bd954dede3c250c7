using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Queue;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>Records, accounting, log and mails as recorded from the original.</summary>
public sealed class QueueStatusTests
{
    private readonly QueueHarness _harness = new();

    private string RunGolden()
    {
        var id = _harness.Submit("Job_Name=golden1", "Resource_List.nodes=2:ppn=2", "Resource_List.walltime=300", "Mail_Points=n",
            "submit_args=-v FOO,BAR=x1,BAZ ../j1.sh");
        _harness.Start(id, "n2", "n1");
        return id;
    }

    [Fact]
    public void A_completed_job_has_the_recorded_attributes_in_the_recorded_order()
    {
        var id = RunGolden();
        _harness.Advance(TimeSpan.FromSeconds(9));
        _harness.End(id, 3);

        Assert.Equal(
        [
            "Job_Name = golden1", "Job_Owner = alice@localhost", "resources_used.cput = 00:00:01", "resources_used.energy_used = 0",
            "resources_used.mem = 11396kb", "resources_used.vmem = 24400kb", "resources_used.walltime = 00:00:09", "job_state = C",
            "queue = batch", "server = vm", "Checkpoint = u", "ctime = 1795367349", "Error_Path = vm:/home/alice/work/golden1.e0",
            "exec_host = n2/0-1+n1/0-1", "Hold_Types = n", "Join_Path = n", "Keep_Files = n", "Mail_Points = n", "mtime = 1795367358",
            "Output_Path = vm:/home/alice/work/golden1.o0", "Priority = 0", "qtime = 1795367349", "Rerunable = True",
            "Resource_List.nodes = 2:ppn=2", "Resource_List.walltime = 00:05:00", "Resource_List.nodect = 2", "session_id = 4711",
            "Variable_List = PBS_O_QUEUE=batch,PBS_O_HOME=/home/alice,PBS_O_WORKDIR=/home/alice/work,PBS_O_HOST=vm,PBS_O_SERVER=vm",
            "euser = alice", "egroup = alice", "queue_type = E", "comment = Job started on Sun Nov 22 at 17:09", "etime = 1795367349",
            "exit_status = 3", "submit_args = -v FOO,BAR=x1,BAZ ../j1.sh", "start_time = 1795367349", "start_count = 1",
            "fault_tolerant = False", "comp_time = 1795367358", "job_radix = 0", "total_runtime = 9.000000", "submit_host = vm",
            "init_work_dir = /home/alice/work", "request_version = 1",
        ], Lines(_harness.Show(id)));
    }

    [Fact]
    public void A_running_job_shows_what_is_left_of_its_walltime()
    {
        var id = RunGolden();
        _harness.Advance(TimeSpan.FromSeconds(5));
        _harness.Report(new MomReport.Used(id, 1, new JobUsage(61, 1, 1, 5)), "n2");

        var job = _harness.Show(id);

        Assert.Equal(("R", "295", "00:01:01"), (job["job_state"], job["Walltime", "Remaining"], job["resources_used", "cput"]));
        Assert.Null(job["comp_time"]);
    }

    [Fact]
    public void Only_what_is_asked_for_is_sent()
    {
        var id = RunGolden();

        var record = Assert.Single(_harness.Ask(new Request.Status(StatusOf.Jobs, [], ["queue", "job_state", "Resource_List"])).Records!);

        Assert.Equal(["job_state = R", "queue = batch", "Resource_List.nodes = 2:ppn=2", "Resource_List.walltime = 00:05:00", "Resource_List.nodect = 2"], Lines(record));
        Assert.Equal(id, record.Name);
    }

    [Fact]
    public void Accounting_has_the_recorded_lines()
    {
        var id = _harness.Submit("Job_Name=surv", "Account_Name=proj");
        _harness.Advance(TimeSpan.FromSeconds(1));
        _harness.Start(id);
        _harness.Advance(TimeSpan.FromSeconds(14));
        _harness.End(id, 4);

        const string Fields = "user=alice group=alice account=proj jobname=surv queue=batch ctime=1795367349 qtime=1795367349 etime=1795367349 " +
            "start=1795367350 owner=alice@localhost exec_host=n1/0-1 Resource_List.walltime=01:00:00 Resource_List.nodes=1 Resource_List.nodect=1 Resource_List.neednodes=1 ";
        Assert.Equal(
        [
            "11/22/2026 17:09:09;Q;0.vm;queue=batch",
            $"11/22/2026 17:09:10;S;0.vm;{Fields}",
            $"11/22/2026 17:09:24;E;0.vm;{Fields}session=4711 total_execution_slots=2 unique_node_count=1 end=1795367364 Exit_status=4 " +
            "resources_used.cput=1 resources_used.energy_used=0 resources_used.mem=11396kb resources_used.vmem=24400kb resources_used.walltime=00:00:09",
        ], _harness.Accounting);
    }

    [Fact]
    public void A_trace_goes_through_log_and_accounting_by_time()
    {
        var id = _harness.Submit("Job_Name=surv");
        _harness.Submit();
        _harness.Advance(TimeSpan.FromMilliseconds(1359));
        _harness.Start(id);
        _harness.End(id, 4);

        var lines = _harness.Ask(new Request.Trace("0")).Lines!;

        Assert.Equal("11/22/2026 17:09:09.000 S    enqueuing into batch, state 1 hop 1", lines[0]);
        Assert.Equal("11/22/2026 17:09:09  A    queue=batch", lines[2]);
        Assert.Equal("11/22/2026 17:09:10.359 S    Job Run at request of root@vm", lines[3]);
        Assert.StartsWith("11/22/2026 17:09:10.359 S    Exit_status=4 resources_used.cput=1 ", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("11/22/2026 17:09:10  A    user=alice group=alice jobname=surv ", lines[5], StringComparison.Ordinal);
        Assert.Equal(7, lines.Count);
        Assert.Contains("11/22/2026 17:09:09.000;08;PBS_Server.77;Job;0.vm;enqueuing into batch, state 1 hop 1",
            _harness.Effects.OfType<QueueEffect.Log>().Select(l => l.Line));
    }

    [Fact]
    public void Mails_are_sent_at_the_points_asked_for()
    {
        var id = _harness.Submit("Job_Name=m", "Mail_Points=abe", "Mail_Users=alice@here,bob");
        _harness.Start(id);
        _harness.End(id, 0);

        Assert.Equal(2, _harness.Mails.Count());
        Assert.All(_harness.Mails, m => Assert.Equal(("adm", "PBS JOB 0.vm", "alice@here bob"), (m.From, m.Subject, string.Join(' ', m.To))));
        Assert.Equal("PBS Job Id: 0.vm\nJob Name:   m\nExec host:  n1/0-1\nBegun execution\n", _harness.Mails.First().Body);
        Assert.Equal(
            "PBS Job Id: 0.vm\nJob Name:   m\nExec host:  n1/0-1\nExecution terminated\nExit_status=0\nresources_used.cput=00:00:01\n" +
            "resources_used.energy_used=0\nresources_used.mem=11396kb\nresources_used.vmem=24400kb\nresources_used.walltime=00:00:09\n" +
            "Error_Path: vm:/home/alice/work/m.e0\nOutput_Path: vm:/home/alice/work/m.o0\n", _harness.Mails.Last().Body);
    }

    [Fact]
    public void A_job_over_its_walltime_is_aborted_with_a_mail()
    {
        var id = _harness.Submit();
        _harness.Start(id);
        _harness.End(id, -11);

        Assert.Equal("-11", _harness.Show(id)["exit_status"]);
        Assert.Contains("Aborted by PBS Server \nJob exceeded its walltime limit. Job was aborted\n", Assert.Single(_harness.Mails).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Queues_and_server_count_their_jobs()
    {
        _harness.Submit();
        _harness.Submit("Hold_Types=u");
        _harness.Start("0.vm");
        _harness.Run(_harness.Submit(), 0);

        var queue = Assert.Single(_harness.Ask(new Request.Status(StatusOf.Queues, [], [])).Records!);
        Assert.Equal(
        [
            "queue_type = Execution", "total_jobs = 3", "state_count = Transit:0 Queued:0 Held:1 Waiting:0 Running:1 Exiting:0 Complete:1 ",
            "resources_default.walltime = 01:00:00", "resources_default.nodes = 1", "mtime = 1795367349", "resources_assigned.nodect = 1",
            "enabled = True", "started = True",
        ], Lines(queue));
        var server = Assert.Single(_harness.Ask(new Request.Status(StatusOf.Server, [], [])).Records!);
        Assert.Equal(["server_state = Active", "scheduling = True", "total_jobs = 3",
            "state_count = Transit:0 Queued:0 Held:1 Waiting:0 Running:1 Exiting:0 Complete:1 ", "default_queue = batch"], Lines(server).Take(5));
        var unknown = _harness.Ask(new Request.Status(StatusOf.Queues, ["nosuchqueue"], []));
        Assert.Equal("Unknown queue MSG=cannot locate queue nosuchqueue", unknown.Message);
        Assert.Equal("Unknown queue destination", _harness.Ask(new Request.Status(StatusOf.Jobs, ["nosuchqueue"], [])).Message);
        Assert.Equal(3, _harness.Ask(new Request.Status(StatusOf.Jobs, ["batch"], [])).Records!.Count);
    }

    [Fact]
    public void A_comment_is_written_once()
    {
        var id = _harness.Submit();
        _harness.Queue.Comment(_harness.Now, QueueHarness.Id(id), "Not Running: Not enough of the right type of nodes are available");
        Assert.False(_harness.Queue.TakeChanges().IsEmpty);

        _harness.Queue.Comment(_harness.Now, QueueHarness.Id(id), "Not Running: Not enough of the right type of nodes are available");

        Assert.True(_harness.Queue.TakeChanges().IsEmpty);
        Assert.Equal("Not Running: Not enough of the right type of nodes are available", _harness.Show(id)["comment"]);
    }

    private static string[] Lines(StatusRecord record) =>
        [.. record.Attributes.Select(a => a.Resource is null ? $"{a.Name} = {a.Value}" : $"{a.Name}.{a.Resource} = {a.Value}")];
}
