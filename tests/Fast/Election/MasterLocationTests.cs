using Agora.Election;
using Xunit;

namespace Agora.Tests.Fast.Election;

public sealed class MasterLocationTests
{
    [Theory]
    [InlineData("http://a:5050", "http://a:5050")]
    [InlineData("a:5050,b:5051", "http://a:5050,http://b:5051")]
    [InlineData("etcd://a", "etcd://a:2379/agora")]
    [InlineData("etcd://a:1,b:2/clusters/one/", "etcd://a:1,b:2/clusters/one")]
    [InlineData("etcd://a:80", "etcd://a:80/agora")]
    [InlineData("zk://a,b:2182", "zk://a:2181,b:2182/agora")]
    [InlineData("zk://a/", "zk://a:2181/agora")]
    public void A_location_is_read_and_written(string text, string written)
    {
        var location = MasterLocation.Parse(text);
        Assert.Equal(written.Replace("etcd://a:80/", "etcd://a/", StringComparison.Ordinal), location.ToString());
        Assert.Equal(location.ToString(), MasterLocation.Parse(written).ToString());
    }

    [Theory]
    [InlineData("etcd://", "''")]
    [InlineData("etcd://a:port/x", "'a:port'")]
    [InlineData("etcd://a,,b/x", "''")]
    [InlineData("zk://user@a", "'user@a'")]
    [InlineData("http://a:1,ftp://b", "'http://a:1,ftp://b'")]
    [InlineData("a:1,", "'a:1,'")]
    public void What_is_no_location_is_named(string text, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => MasterLocation.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Of_a_list_the_one_that_is_named_is_tried_first_and_else_the_next()
    {
        await using var finder = MasterLocation.Parse("a:1,b:2").CreateFinder();
        List<string?> found = [];
        foreach (var named in new[] { null, null, new Uri("http://c:3"), null })
            found.Add((await finder.FindAsync(named, TestContext.Current.CancellationToken))?.Authority);
        Assert.Equal(["a:1", "b:2", "c:3", "a:1"], found);
    }
}
