using Agora.Cluster;
using Agora.Daemon.Containers.Cgroups;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class ProcessorSetsTests
{
    private static ContainerId Id(string name) => new(name);

    private static string Text(IEnumerable<(ContainerId Container, string Processors)> changes) =>
        string.Join(" ", changes.Select(c => $"{c.Container}:{c.Processors}"));

    [Fact]
    public void Who_asks_for_whole_processors_has_them_for_itself_and_the_rest_is_shared()
    {
        var sets = new ProcessorSets([0, 1, 2, 3]);
        Assert.Equal("half:0,1,2,3", Text(sets.Give(Id("half"), 500)));
        Assert.Equal("half:2,3 two:0,1", Text(sets.Give(Id("two"), 2_000)));
        // One of its own, and its half from what is left.
        Assert.Equal("half:3 more:2,3", Text(sets.Give(Id("more"), 1_500)));
        // The last one is for all: it gets none of its own.
        Assert.Equal("late:3", Text(sets.Give(Id("late"), 1_000)));
        Assert.Equal("half:1,3 more:1,2,3 late:0", Text(sets.Take(Id("two"))));
        Assert.Equal("", Text(sets.Take(Id("two"))));
    }

    [Fact]
    public void Who_grows_takes_more_and_who_shrinks_gives_back()
    {
        var sets = new ProcessorSets([0, 1, 2]);
        sets.Give(Id("a"), 1_000);
        Assert.Equal("b:1,2", Text(sets.Give(Id("b"), 100)));
        Assert.Equal("a:0,1 b:2", Text(sets.Give(Id("a"), 2_000)));
        // Not the last.
        Assert.Equal("a:0,1,2", Text(sets.Give(Id("a"), 3_000)));
        Assert.Equal("a:0 b:1,2", Text(sets.Give(Id("a"), 1_000)));
    }

    [Fact]
    public void One_processor_is_shared_by_all()
    {
        var sets = new ProcessorSets([5]);
        Assert.Equal("a:5", Text(sets.Give(Id("a"), 1_000)));
        Assert.Equal("b:5", Text(sets.Give(Id("b"), 4_000)));
    }

    [Fact]
    public void Lists_are_read_as_the_kernel_writes_them()
    {
        Assert.Equal([0, 1, 2, 5, 7, 8], ProcessorSets.Parse("0-2,5,7-8\n"));
        Assert.Equal([], ProcessorSets.Parse(""));
    }
}
