using Agora.Torque.Cli.Manage;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class QmgrTests
{
    private readonly CommandBench _bench = new();

    private static string Text(QmgrStatement s) =>
        $"{s.Verb} {s.Of} [{string.Join(' ', s.Names)}] {string.Join("; ", s.Changes.Select(c => $"{c.Name}{(c.Resource is null ? "" : "." + c.Resource)} {c.Operator} {c.Value}"))}".Trim();

    [Theory]
    [InlineData("create queue batch", "Create Queues [batch]")]
    [InlineData("c q batch queue_type=e, enabled = true", "Create Queues [batch] queue_type = e; enabled = true")]
    [InlineData("set queue a,b max_running = 5", "Set Queues [a b] max_running = 5")]
    [InlineData("set queue batch resources_default.walltime=01:00:00", "Set Queues [batch] resources_default.walltime = 01:00:00")]
    [InlineData("set server scheduling = True", "Set Server [] scheduling = True")]
    [InlineData("s s managers += alice@vm", "Set Server [] managers += alice@vm")]
    [InlineData("set server managers=a@x,b@x,scheduling=true", "Set Server [] managers = a@x,b@x; scheduling = true")]
    [InlineData("set server mail_from = \"a, b\"", "Set Server [] mail_from = a, b")]
    [InlineData("set node n1 properties -= fast", "Set Nodes [n1] properties -= fast")]
    [InlineData("set node n1 note = out of order", "Set Nodes [n1] note = out of order")]
    [InlineData("unset queue batch max_running, Priority", "Unset Queues [batch] max_running = ; Priority =")]
    [InlineData("list queue", "List Queues []")]
    [InlineData("list queue batch enabled", "List Queues [batch] enabled =")]
    [InlineData("list server scheduling", "List Server [] scheduling =")]
    [InlineData("p s", "Print Server []")]
    [InlineData("print server @vm", "Print Server []")]
    [InlineData("delete nodes n9", "Delete Nodes [n9]")]
    [InlineData("quit", "Quit Server []")]
    public void Its_language_is_read(string line, string meaning) => Assert.Equal(meaning, Text(QmgrParser.Parse(line)));

    [Theory]
    [InlineData("make queue x", 0)]
    [InlineData("set thing x", 4)]
    [InlineData("create queue", 12)]
    [InlineData("set queue batch", 15)]
    public void What_it_does_not_understand_is_pointed_at(string line, int column)
    {
        Assert.Equal(column, Assert.Throws<QmgrSyntaxException>(() => QmgrParser.Parse(line)).Column);
        var (exitCode, _, error) = _bench.Run("qmgr", "-c", line);
        Assert.Equal((1, $"qmgr: Syntax error\n{line}\n{new string(' ', column)}^\n"), (exitCode, error));
        Assert.Empty(_bench.Requests);
    }

    [Fact]
    public void Who_may_not_is_told_as_recorded()
    {
        _bench.Refuse(PbsError.Permission, "Unauthorized Request  MSG=error in permissions (PERM_MANAGER)");
        var (exitCode, _, error) = _bench.Run("qmgr", "-c", "create queue x");
        Assert.Equal(Recording.Of("battery3", "qmgr -c \"create queue x\""), (error, exitCode));
    }

    [Fact]
    public void Lists_are_as_recorded()
    {
        _bench.Replies.Enqueue(new Reply(Records:
        [
            new StatusRecord("vm",
            [
                new("server_state", null, "Active"), new("scheduling", null, "True"), new("total_jobs", null, "6"),
                new("state_count", null, "Transit:0 Queued:4 Held:1 Waiting:0 Running:1 Exiting:0 Complete:0 "),
            ]),
        ], Server: "vm"));
        var (_, output, _) = _bench.Run("qmgr", "-c", "list server");
        // The recording was cut after five lines.
        Assert.Equal(Recording.Of("battery3", "qmgr -c \"list server\" | head -5").Text + "\n", output);
    }

    [Fact]
    public void What_is_printed_makes_the_same_again()
    {
        StatusRecord server = new("vm",
        [
            new("server_state", null, "Active"), new("scheduling", null, "True"), new("total_jobs", null, "6"),
            new("managers", null, "root@vm,alice@vm"), new("mail_from", null, "the batch system"), new("mail_domain", null, "a=b"),
        ]);
        StatusRecord queue = new("batch",
        [
            new("queue_type", null, "Execution"), new("total_jobs", null, "6"), new("resources_default", "walltime", "01:00:00"),
            new("enabled", null, "True"),
        ]);
        _bench.Replies.Enqueue(new Reply(Records: [server], Server: "vm"));
        _bench.Replies.Enqueue(new Reply(Records: [queue], Server: "vm"));
        var (_, output, _) = _bench.Run("qmgr", "-c", "print server");
        Assert.Contains("#\n# Create and define queue batch\n#\ncreate queue batch\nset queue batch queue_type = Execution\n", output, StringComparison.Ordinal);

        var again = new CommandBench { Input = output };
        Assert.Equal((0, "", ""), again.Run("qmgr"));
        Assert.Equal(
        [
            "Create Queues batch", "Set Queues batch queue_type = Execution", "Set Queues batch resources_default.walltime = 01:00:00",
            "Set Queues batch enabled = True", "Set Server  scheduling = True", "Set Server  managers = root@vm",
            "Set Server  managers += alice@vm", "Set Server  mail_from = the batch system", "Set Server  mail_domain = a=b",
        ], again.Requests.Cast<Request.Manage>().Select(m => $"{m.Verb} {m.Of} {m.Name}{string.Concat(m.Changes.Select(c => $" {c.Name}{(c.Resource is null ? "" : "." + c.Resource)} {c.Operator} {c.Value}"))}"));
    }

    [Fact]
    public void A_script_goes_on_after_a_line_that_failed_unless_told_otherwise()
    {
        _bench.Input = "# a comment\nmake x\nset server \\\nscheduling = false\nquit\nset server a = b\n";
        Assert.Equal(1, _bench.Run("qmgr").ExitCode);
        Assert.Equal("scheduling", Assert.IsType<Request.Manage>(Assert.Single(_bench.Requests)).Changes[0].Name);
        Assert.Equal(1, _bench.Run("qmgr", "-a").ExitCode);
        Assert.Single(_bench.Requests);
    }

    [Fact]
    public void Active_objects_stand_for_those_that_are_not_named()
    {
        _bench.Input = "active queue a,b\nset queue enabled = true\n";
        _bench.Run("qmgr");
        Assert.Equal(["a", "b"], _bench.Requests.Cast<Request.Manage>().Select(m => m.Name));
    }
}
