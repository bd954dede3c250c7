using Agora.Torque.Mom;
using Agora.Torque.Mom.Launch;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>The directories of moms that work for one node, one after the other.</summary>
public sealed class SpoolTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agora-spool-");
    private readonly MomNode _node;

    public SpoolTests() => _node = new MomNode("n1", "127.0.0.1", Path.Combine(_directory.FullName, "framework", "n1"), "/bin", IsHostOfItsOwn: false);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_mom_that_leaves_leaves_nothing()
    {
        Spool.Take(_node).Leave();
        Assert.False(Directory.Exists(_node.Spool));
    }

    [Fact]
    public void A_mom_that_leaves_late_takes_nothing_from_the_next_one()
    {
        var last = Spool.Take(_node);
        var next = Spool.Take(_node);
        last.Leave();
        Assert.All([_node.Aux, _node.Output, _node.Jobs, _node.Undelivered, _node.Scratch], d => Assert.True(Directory.Exists(d), d));
        Assert.True(new FileInfo(Path.Combine(_node.Shells, "ssh")).LinkTarget is not null);
        next.Leave();
        Assert.False(Directory.Exists(_node.Spool));
    }

    [Fact]
    public void Output_that_was_not_delivered_is_kept_from_mom_to_mom()
    {
        var last = Spool.Take(_node);
        File.WriteAllText(Path.Combine(_node.Output, "1.OU"), "precious");
        last.Leave();
        var next = Spool.Take(_node);
        Assert.Equal("precious", File.ReadAllText(Path.Combine(_node.Undelivered, "1.OU")));
        next.Leave();
        Assert.Equal("precious", File.ReadAllText(Path.Combine(_node.Undelivered, "1.OU")));
    }
}
