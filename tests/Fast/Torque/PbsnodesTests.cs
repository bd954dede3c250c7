using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class PbsnodesTests
{
    private readonly CommandBench _bench = new();

    private void Have(params StatusRecord[] nodes) => _bench.Replies.Enqueue(new Reply(Records: nodes, Server: "vm"));

    private static StatusRecord Node(string name, string state, params JobAttribute[] more) => new(name, [new("state", null, state), .. more]);

    /// <summary>The first block of the recording, as the server would have said it.</summary>
    private static (StatusRecord Node, string Block) Recorded()
    {
        var block = Recording.Part("after", "n1\n     state", "n1                   free");
        var lines = block.TrimEnd('\n').Split('\n');
        return (new StatusRecord(lines[0], [.. lines.Skip(1).Select(l => l.Trim().Split(" = ", 2)).Select(p => new JobAttribute(p[0], null, p[1]))]), block);
    }

    [Fact]
    public void A_node_is_shown_as_recorded()
    {
        var (node, block) = Recorded();
        Have(node);
        Assert.Equal((0, block, ""), _bench.Run("pbsnodes"));
    }

    [Fact]
    public void Xml_is_as_recorded()
    {
        Have(Recorded().Node);
        var (_, output, _) = _bench.Run("pbsnodes", "-x");
        var recorded = Recording.Part("after", "<Data><Node>", "n1\n");
        var first = recorded[..(recorded.IndexOf("</Node>", StringComparison.Ordinal) + "</Node>".Length)];
        Assert.Equal(first + "</Data>\n", output);
    }

    [Fact]
    public void A_list_of_all_nodes_is_as_recorded()
    {
        Have(Node("n1", "free"), Node("n2", "free"), Node("n3", "free"), Node("n4", "free"));
        var (_, output, _) = _bench.Run("pbsnodes", "-l", "all");
        Assert.StartsWith(output, Recording.Part("after", "n1                   free"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "n2 n3")]
    [InlineData("up", "n1 n4")]
    [InlineData("free", "n1")]
    [InlineData("down", "n3")]
    [InlineData("active", "n4")]
    [InlineData("all", "n1 n2 n3 n4")]
    public void A_list_is_of_the_state_asked_for(string state, string names)
    {
        Have(Node("n1", "free"), Node("n2", "offline"), Node("n3", "down,offline"), Node("n4", "job-exclusive"));
        var (exitCode, output, _) = _bench.Run("pbsnodes", state.Length > 0 ? ["-l", state] : ["-l"]);
        Assert.Equal((0, names), (exitCode, string.Join(' ', output.Split('\n').SkipLast(1).Select(l => l.Split(' ')[0]))));
    }

    [Fact]
    public void A_property_stands_for_the_nodes_that_have_it()
    {
        Have(Node("n1", "free", new JobAttribute("properties", null, "fast,ib")), Node("n2", "free", new JobAttribute("properties", null, "faster")));
        var (_, output, _) = _bench.Run("pbsnodes", ":fast");
        Assert.Equal("n1\n     state = free\n     properties = fast,ib\n\n", output);
    }

    [Fact]
    public void A_node_that_is_not_known_is_told_as_recorded()
    {
        _bench.Refuse(PbsError.UnknownNode, "Unknown node  MSG=cannot locate specified node");
        var (exitCode, _, error) = _bench.Run("pbsnodes", "nosuchnode");
        Assert.Equal(Recording.Of("battery3", "pbsnodes nosuchnode"), (error, exitCode));
    }

    [Fact]
    public void Nodes_are_taken_out_of_use_and_back()
    {
        Assert.Equal((0, "", ""), _bench.Run("pbsnodes", "-o", "-N", "broken fan", "n1", "n2"));
        Assert.Equal((0, "", ""), _bench.Run("pbsnodes", "-c", "n1"));
        Assert.Equal(["n1: state += offline, note = broken fan", "n2: state += offline, note = broken fan", "n1: state -= offline"],
            _bench.Requests.Cast<Request.Manage>().Select(m => $"{m.Name}: {string.Join(", ", m.Changes.Select(c => $"{c.Name} {c.Operator} {c.Value}"))}"));
    }

    [Fact]
    public void Who_may_not_take_one_out_is_told_as_recorded_and_it_is_no_success()
    {
        _bench.Refuse(PbsError.Permission, "Unauthorized Request  MSG=error in permissions (PERM_OPorMGR)");
        Assert.Equal((1, "", Recording.Of("battery3", "pbsnodes -o n1").Text), _bench.Run("pbsnodes", "-o", "n1"));
    }
}
