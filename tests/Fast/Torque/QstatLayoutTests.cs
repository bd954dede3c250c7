using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>What <c>qstat</c> prints, byte by byte as a real Torque did.</summary>
public class QstatLayoutTests
{
    private static readonly StatusRecord Running = Recording.Jobs(Recording.Part("qstat-running", "Job Id: 0.vm"))[0];

    private static StatusRecord Batch(params JobAttribute[] more) => new("batch",
    [
        new("queue_type", null, "Execution"), new("total_jobs", null, "1"),
        new("state_count", null, "Transit:0 Queued:0 Held:0 Waiting:0 Running:1 Exiting:0 Complete:0 "),
        new("enabled", null, "True"), new("started", null, "True"), .. more,
    ]);

    private static StatusRecord Job(string id, string name, string state, string cput = "", params JobAttribute[] more) => new(id,
    [
        new("Job_Name", null, name), new("Job_Owner", null, "alice@localhost"),
        .. cput.Length > 0 ? (JobAttribute[])[new("resources_used", "cput", cput)] : [],
        new("job_state", null, state), new("queue", null, "batch"), .. more,
    ]);

    private static string Show(IReadOnlyList<StatusRecord> records, params string[] arguments)
    {
        var bench = new CommandBench();
        bench.Replies.Enqueue(new Reply(Records: records, Server: "vm"));
        var (exitCode, output, error) = bench.Run("qstat", arguments);
        Assert.Equal((0, ""), (exitCode, error));
        return output;
    }

    [Fact]
    public void The_table_of_a_running_job_is_the_recorded_one() =>
        Assert.Equal(Recording.Part("qstat-running", "Job ID", "\n"), Show([Running]));

    [Fact]
    public void The_table_of_arrays_is_the_recorded_one() => Assert.Equal(Recording.Part("array", "Job ID", "Job ID"), Show(
    [
        Job("0.vm", "golden1", "C", "00:00:00"), Job("12.vm", "s.sh", "C", "00:00:00"), Job("13.vm", "s.sh", "C"), Job("14.vm", "s.sh", "C"),
        Job("15.vm", "s.sh", "C"), Job("16.vm", "s.sh", "C"), Job("17[].vm", "arr", "R"), Job("18.vm", "s.sh", "H"), Job("19.vm", "s.sh", "H"),
    ]));

    [Fact]
    public void Of_a_long_name_the_end_is_shown()
    {
        // 16 columns: three dots and the last 13 characters, or what follows a slash in them.
        Assert.Contains(" ...wxyz123456789 alice", Show([Job("1.vm", "abcdefghijklmnopqrstuvwxyz123456789", "Q")]), StringComparison.Ordinal);
        Assert.Contains(" .../short.sh     alice", Show([Job("1.vm", "abcdefghijklmnopqrstuvwxyz/short.sh", "Q")]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "-a")]
    [InlineData(1, "-n")]
    [InlineData(2, "-n", "-1")]
    [InlineData(2, "-an1")]
    [InlineData(0, "-r")]
    [InlineData(0, "-u", "bob,alice")]
    [InlineData(0, "-W", "u alice")]
    public void The_wide_table_is_the_recorded_one(int which, params string[] arguments)
    {
        // Three tables were recorded, each behind an empty line; the queues' came next.
        string[] next = ["\nvm:", "\nvm:", "\nserver:"];
        Assert.Equal(Recording.Part("qstat-running", "\nvm:", next[which], which), Show([Running], arguments));
    }

    [Fact]
    public void Jobs_that_wait_have_the_times_that_were_recorded() => Assert.Equal(Recording.Of("battery4", "qstat -a 35.vm 36.vm").Text, Show(
    [
        Job("35.vm", "q1", "H", "", new("Resource_List", "walltime", "01:00:00"), new("Resource_List", "nodes", "1"), new("Resource_List", "nodect", "1")),
        Job("36.vm", "q2", "W", "", new("Resource_List", "walltime", "01:00:00"), new("Resource_List", "nodes", "1"), new("Resource_List", "nodect", "1")),
    ], "-a"));

    [Fact]
    public void The_comment_stands_in_a_line_of_its_own() =>
        Assert.EndsWith("\n   Job started on Sun Nov 22 at 17:09\n", Show([Running], "-s"), StringComparison.Ordinal);

    [Theory]
    [InlineData("-a", "4gb")]
    [InlineData("-G", "4gb")]
    [InlineData("-M", "512mw")]
    public void Memory_is_shown_in_the_unit_asked_for(string option, string shown) => Assert.Contains($"{shown,9}", Show(
        [Job("1.vm", "j", "Q", "", new JobAttribute("Resource_List", "mem", "4gb"))], option), StringComparison.Ordinal);

    [Fact]
    public void Limits_of_queues_are_the_recorded_ones() =>
        Assert.Equal(Recording.Part("qstat-running", "\nserver: vm", "Queue              Max"), Show([Batch()], "-q"));

    [Fact]
    public void Numbers_of_queues_are_the_recorded_ones() =>
        Assert.Equal(Recording.Part("qstat-running", "Queue              Max", "Server "), Show([Batch()], "-Q"));

    [Fact]
    public void Numbers_of_the_server_are_the_recorded_ones() => Assert.Equal(Recording.Part("qstat-running", "Server ", "Job Id"), Show(
        [new StatusRecord("vm", [.. Batch().Attributes, new("server_state", null, "Active")])], "-B"));

    [Fact]
    public void All_attributes_of_a_job_are_folded_as_recorded() =>
        Assert.Equal(Recording.Part("qstat-running", "Job Id: 0.vm"), Show([Running], "-f"));

    [Fact]
    public void A_value_that_ends_where_the_line_does_is_folded_as_recorded()
    {
        var recorded = Recording.Part("array", "Job Id: 17[1].vm", "<?xml");
        Assert.Contains("available\n\t\n", recorded, StringComparison.Ordinal);
        Assert.Equal(recorded, Show(Recording.Jobs(recorded), "-f"));
    }

    [Fact]
    public void With_1_nothing_is_folded()
    {
        var lines = Show([Running], "-f", "-1").Split('\n');
        Assert.DoesNotContain(lines, l => l.StartsWith('\t'));
        Assert.Contains(lines, l => l.StartsWith("    Variable_List = PBS_O_QUEUE=batch,", StringComparison.Ordinal) && l.EndsWith("PBS_O_SERVER=vm", StringComparison.Ordinal));
    }

    [Fact]
    public void Xml_is_the_recorded_document()
    {
        // Times are seconds there, so the recording is of a clock that showed them.
        var finished = Recording.Jobs(Recording.Part("after", "Job Id: 0.vm", "<?xml"))[0];
        var recorded = Recording.Part("after", "<?xml", "\n");
        var local = Show([finished], "-x");
        var shift = (long)TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 11, 22)).TotalSeconds;
        Assert.Equal(recorded, System.Text.RegularExpressions.Regex.Replace(local, "17953\\d{5}", m => $"{long.Parse(m.Value) + shift}"));
    }

    [Fact]
    public void Xml_has_no_character_that_would_end_it()
    {
        var xml = Show([Job("1.vm", "a<b>&c", "Q"), Job("2.vm", "x\u0001y", "Q")], "-x");
        Assert.Equal(["a<b>&c", "x?y"], System.Xml.Linq.XDocument.Parse(xml).Descendants("Job_Name").Select(e => e.Value));
    }

    [Fact]
    public void Json_is_in_the_words_of_OpenPBS()
    {
        var finished = Recording.Jobs(Recording.Part("after", "Job Id: 0.vm", "<?xml"))[0];
        using var json = System.Text.Json.JsonDocument.Parse(Show([finished], "-f", "-F", "json"));
        var job = json.RootElement.GetProperty("Jobs").GetProperty("0.vm");
        Assert.Equal("F", job.GetProperty("job_state").GetString());
        Assert.Equal(3, job.GetProperty("Exit_status").GetInt32());
        Assert.Equal("2:ppn=2", job.GetProperty("Resource_List").GetProperty("nodes").GetString());
        Assert.Equal("foo", job.GetProperty("Variable_List").GetProperty("FOO").GetString());
    }

    [Theory]
    [InlineData()]
    [InlineData("-a")]
    [InlineData("-f")]
    [InlineData("-x")]
    [InlineData("-t")]
    public void Without_jobs_nothing_is_printed(params string[] arguments) => Assert.Equal("", Show([], arguments));

    [Fact]
    public void Nothing_is_printed_where_no_job_is_of_the_state_or_the_user_asked_for()
    {
        Assert.Equal("", Show([Running], "-i"));
        Assert.Equal("", Show([Running], "-u", "bob"));
    }

    [Fact]
    public void The_server_is_asked_only_for_what_is_shown()
    {
        var bench = new CommandBench();
        bench.Run("qstat", "-t");
        var status = Assert.IsType<Request.Status>(Assert.Single(bench.Requests));
        Assert.Equal((StatusOf.Jobs, true), (status.Of, status.ExpandArrays));
        Assert.Equal(["Job_Name", "Job_Owner", "resources_used", "job_state", "queue"], status.Attributes);
        bench.Run("qstat", "-f");
        Assert.Empty(Assert.IsType<Request.Status>(bench.Requests[1]).Attributes);
    }

    [Fact]
    public void A_queue_shows_its_jobs_alone()
    {
        var bench = new CommandBench();
        bench.Replies.Enqueue(new Reply(Records: [Batch()], Server: "vm"));
        var elsewhere = new StatusRecord("2.vm", [new("Job_Name", null, "other"), new("job_state", null, "Q"), new("queue", null, "long")]);
        bench.Replies.Enqueue(new Reply(Records: [Job("1.vm", "mine", "Q"), elsewhere], Server: "vm"));
        var (exitCode, output, _) = bench.Run("qstat", "batch");
        Assert.Equal(0, exitCode);
        Assert.Contains("mine", output, StringComparison.Ordinal);
        Assert.DoesNotContain("other", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-a", "-r")]
    [InlineData("-f", "-a")]
    [InlineData("-1")]
    [InlineData("-G", "-M")]
    [InlineData("-q", "-f")]
    public void Options_that_contradict_each_other_are_refused(params string[] arguments)
    {
        var (exitCode, output, error) = new CommandBench().Run("qstat", arguments);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("qstat: conflicting options.\nusage: qstat ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_known_is_printed_though_other_names_are_not()
    {
        var recorded = Recording.Of("battery3", "qstat 99999.vm 0");
        var bench = new CommandBench();
        bench.Refuse(PbsError.UnknownJobId, "Unknown Job Id Error");
        bench.Replies.Enqueue(new Reply(Records: [Job("0.vm", "golden1", "C", "00:00:00")], Server: "vm"));
        var (exitCode, output, error) = bench.Run("qstat", "99999.vm", "0");
        Assert.Equal(recorded, (error + output, exitCode));
    }
}
