using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary><c>qdel qhold qrls qalter qsig qrerun qmove qorder qrun qmsg</c>: what they ask, and what they say.</summary>
public class JobCommandTests
{
    private readonly CommandBench _bench = new();

    private T Asked<T>(string commandLine) where T : Request
    {
        var words = ShellWords.Split(commandLine);
        Assert.Equal((0, "", ""), _bench.Run(words[0], [.. words.Skip(1)]));
        return Assert.IsType<T>(_bench.Requests[^1]);
    }

    [Theory]
    [InlineData("qdel 0")]
    [InlineData("qhold 0")]
    [InlineData("qrls 0")]
    [InlineData("qalter -l walltime=00:00:10 0")]
    [InlineData("qsig -s TERM 0")]
    [InlineData("qmove nosuch 0")]
    public void A_job_that_has_ended_gives_the_recorded_message_and_exit_code(string commandLine)
    {
        _bench.Refuse(PbsError.BadState, "Request invalid for state of job MSG=invalid state for job - COMPLETE");
        var words = commandLine.Split(' ');
        var (exitCode, output, error) = _bench.Run(words[0], words[1..]);
        Assert.Equal(Recording.Of("battery3", commandLine), (error, exitCode));
        Assert.Equal("", output);
    }

    [Fact]
    public void Who_may_not_is_told_as_recorded()
    {
        _bench.Refuse(PbsError.Permission, "Unauthorized Request  MSG=additional permissions required (ATR_DFLAG_MGWR | ATR_DFLAG_OPWR)");
        var (exitCode, _, error) = _bench.Run("qrerun", "0");
        Assert.Equal(Recording.Of("battery3", "qrerun 0"), (error, exitCode));
    }

    [Fact]
    public void Qdel_has_its_own_words_for_a_job_that_is_not_known()
    {
        _bench.Refuse(PbsError.UnknownJobId, "Unknown Job Id Error");
        var (exitCode, _, error) = _bench.Run("qdel", "99999");
        Assert.Equal(Recording.Of("battery3", "qdel 99999"), (error, exitCode));
        Assert.Equal(Recording.Of("battery1", "qdel abc"), (_bench.Run("qdel", "abc").Error, 1));
        // The original is silent here; who scripts it sees the same exit code.
        Assert.Equal((153, "", "qhold: Unknown Job Id Error 99999.vm\n"), _bench.Run("qhold", "99999"));
    }

    [Fact]
    public void All_jobs_are_tried_and_the_exit_code_is_of_one_that_failed()
    {
        _bench.Replies.Enqueue(new Reply(Server: "vm"));
        _bench.Refuse(PbsError.UnknownJobId, "Unknown Job Id Error");
        _bench.Replies.Enqueue(new Reply(Server: "vm"));
        Assert.Equal((153, "", "qdel: nonexistent job id: 2\n"), _bench.Run("qdel", "1", "2", "3"));
        Assert.Equal(["1", "2", "3"], _bench.Requests.Cast<Request.Delete>().Select(d => d.Job));
    }

    [Fact]
    public void Qrun_ends_with_2_where_a_job_is_of_the_wrong_state()
    {
        _bench.Refuse(PbsError.BadState, "Request invalid for state of job MSG=invalid state for job - COMPLETE");
        _bench.Refuse(PbsError.Permission, "Unauthorized Request ");
        Assert.Equal((2, "", "qrun: Request invalid for state of job MSG=invalid state for job - COMPLETE 0.vm\n"), _bench.Run("qrun", "0"));
        Assert.Equal((159, "", "qrun: Unauthorized Request  0.vm\n"), _bench.Run("qrun", "0"));
    }

    [Fact]
    public void Qdel_passes_on_what_it_is_given()
    {
        Assert.Equal(new Request.Delete("17[].vm", "1-3"), Asked<Request.Delete>("qdel -t 1-3 17[].vm"));
        Assert.Equal(new Request.Delete("5", DelaySeconds: 10), Asked<Request.Delete>("qdel -W 10 5"));
        Assert.Equal(new Request.Delete("5", Purge: true), Asked<Request.Delete>("qdel -p 5"));
        Assert.Equal(new Request.Delete("5", Message: "too long"), Asked<Request.Delete>("qdel -m 'too long' 5"));
    }

    [Theory]
    [InlineData("qdel")]
    [InlineData("qdel -p -W 5 1")]
    [InlineData("qdel -W soon 1")]
    [InlineData("qhold -h x 1")]
    [InlineData("qrls")]
    [InlineData("qalter -p 5000 1")]
    [InlineData("qalter -W depend=bogus:1 1")]
    [InlineData("qsig")]
    [InlineData("qmove batch")]
    [InlineData("qorder 1")]
    [InlineData("qmsg hello")]
    [InlineData("qrun -x 1")]
    [InlineData("qselect -s ? ")]
    [InlineData("qenable")]
    [InlineData("qterm -t now")]
    public void A_wrong_call_is_told_the_right_one(string commandLine)
    {
        var words = ShellWords.Split(commandLine);
        var (exitCode, output, error) = _bench.Run(words[0], [.. words.Skip(1)]);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains($"usage: {words[0]} ", error, StringComparison.Ordinal);
        Assert.Empty(_bench.Requests);
    }

    [Fact]
    public void Qdel_all_deletes_the_users_own_jobs()
    {
        _bench.Replies.Enqueue(new Reply(Records: [new("1.vm", []), new("2[].vm", [])], Server: "vm"));
        _bench.Replies.Enqueue(new Reply(Server: "vm"));
        _bench.Refuse(PbsError.BadState, "Request invalid for state of job");
        Assert.Equal((0, "", ""), _bench.Run("qdel", "all"));
        Assert.Equal(["alice"], Assert.IsType<Request.Select>(_bench.Requests[0]).Users);
        Assert.Equal(["1.vm", "2[].vm"], _bench.Requests.Skip(1).Cast<Request.Delete>().Select(d => d.Job));
    }

    [Fact]
    public void The_others_ask_for_what_they_are_called_for()
    {
        Assert.Equal(new Request.Hold("1", "u"), Asked<Request.Hold>("qhold 1"));
        Assert.Equal(new Request.Hold("1[]", "os", "2-3"), Asked<Request.Hold>("qhold -h os -t 2-3 1[]"));
        Assert.Equal(new Request.Release("1.vm", "u"), Asked<Request.Release>("qrls 1.vm@vm"));
        Assert.Equal(new Request.Signal("1", "SIGTERM"), Asked<Request.Signal>("qsig 1"));
        Assert.Equal(new Request.Signal("1", "suspend"), Asked<Request.Signal>("qsig -s suspend 1"));
        Assert.Equal(new Request.Rerun("1", true), Asked<Request.Rerun>("qrerun -f 1"));
        Assert.Equal(new Request.Run("1", "n1+n2"), Asked<Request.Run>("qrun -H n1+n2 1"));
        Assert.Equal(new Request.Move("1", "long"), Asked<Request.Move>("qmove long 1"));
        Assert.Equal(new Request.Order("1", "2.vm"), Asked<Request.Order>("qorder 1 2.vm"));
        Assert.Equal(new Request.Note("1", "hello", ToError: false), Asked<Request.Note>("qmsg -O hello 1"));
        Asked<Request.Terminate>("qterm -t quick");
        var enable = Asked<Request.Manage>("qdisable batch");
        Assert.Equal((ManageVerb.Set, StatusOf.Queues, "batch", new AttributeChange("enabled", null, "False")), (enable.Verb, enable.Of, enable.Name, Assert.Single(enable.Changes)));
    }

    [Fact]
    public void Qalter_gives_attributes_other_values()
    {
        var alter = Asked<Request.Alter>("qalter -h n -N newname -l walltime=00:02:00,mem=1gb -W depend=afterok:3 36.vm");
        Assert.Equal("36.vm", alter.Job);
        Assert.Equal(
        [
            new("Hold_Types", null, "n"), new("Job_Name", null, "newname"), new("Resource_List", "walltime", "00:02:00"),
            new("Resource_List", "mem", "1gb"), new("depend", null, "afterok:3"),
        ], alter.Attributes);
    }

    [Fact]
    public void Qselect_prints_ids_and_nothing_else()
    {
        _bench.Replies.Enqueue(new Reply(Records: [new("0.vm", []), new("12.vm", [])], Server: "vm"));
        Assert.Equal((0, "0.vm\n12.vm\n", ""), _bench.Run("qselect", "-s", "QC", "-u", "alice,bob", "-q", "batch", "-l", "mem.gt.10mb,walltime=5", "-p", ".ge.3"));
        var select = Assert.IsType<Request.Select>(Assert.Single(_bench.Requests));
        Assert.True(select.ExpandArrays);
        Assert.Equal(("QC", "batch"), (select.States, select.Queue));
        Assert.Equal(["alice", "bob"], select.Users);
        Assert.Equal([new("Resource_List", "mem", "gt", "10mb"), new("Resource_List", "walltime", "eq", "5"), new("Priority", null, "ge", "3")], select.Tests);
    }

    [Fact]
    public void Tracejob_shows_a_heading_and_the_lines_that_are_not_hidden()
    {
        _bench.Replies.Enqueue(new Reply(Lines: ["11/22/2026 17:17:27.729 S    enqueuing", "11/22/2026 17:17:27  A    queue=batch"], Server: "vm"));
        Assert.Equal((0, "\nJob: 80.vm\n\n11/22/2026 17:17:27.729 S    enqueuing\n", ""), _bench.Run("tracejob", "-a", "-n", "3", "80"));
        Assert.Equal(new Request.Trace("80", 3), Assert.Single(_bench.Requests));
    }

    [Theory]
    [InlineData("qsub")]
    [InlineData("qstat")]
    [InlineData("pbsnodes")]
    [InlineData("qdel")]
    public void The_version_is_said_as_programs_look_for_it(string command)
    {
        var (exitCode, output, error) = _bench.Run(command, "--version");
        Assert.Equal((0, ""), (exitCode, output));
        Assert.Matches(@"^Version: \d+\.\d+\.\d+\nCommit: ", error);
        Assert.DoesNotContain("PBSPro", error, StringComparison.Ordinal);
    }
}
