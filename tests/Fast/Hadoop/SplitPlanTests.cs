using Agora.Hadoop.Service;
using Agora.Storage;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class SplitPlanTests
{
    private const long BigBlock = 64 << 20;

    [Fact]
    public void Splits_are_numbered_longest_first_so_the_first_map_of_an_uneven_file_is_its_end()
    {
        // 2737 / 4 = 684; three splits of 684 and a rest of 685, which is longest.
        var splits = SplitPlan.Cut([new InputFile("in", 2737, BigBlock, [])], 4, 0);
        Assert.Equal([(2052L, 685L), (0, 684), (684, 684), (1368, 684)], splits.Select(s => (s.Offset, s.Length)));
        Assert.Equal([3, 0, 1, 2], splits.Select(s => s.Order));
    }

    [Fact]
    public void A_rest_of_up_to_a_tenth_joins_the_last_split() =>
        Assert.Equal([110L, 100], SplitPlan.Cut([new InputFile("in", 210, 100, [])], 1, 0).Select(s => s.Length));

    [Fact]
    public void Empty_and_compressed_files_are_one_split_each() =>
        Assert.Equal([("b.gz", 1000L), ("a", 0)], SplitPlan.Cut(
            [new InputFile("a", 0, 100, []), new InputFile("b.gz", 1000, 100, [])], 10, 0).Select(s => (s.Path, s.Length)));

    [Fact]
    public void A_split_names_the_hosts_that_hold_most_of_it()
    {
        BlockLocation[] blocks = [new(0, 100, ["a", "b"]), new(100, 100, ["b", "c"]), new(200, 100, ["d", "e"])];
        var splits = SplitPlan.Cut([new InputFile("in", 300, 100, blocks)], 1, splitSizeMin: 200);
        Assert.Equal("b,a", string.Join(',', splits.Single(s => s.Offset == 0).Hosts));
        Assert.Equal("d,e", string.Join(',', splits.Single(s => s.Offset == 200).Hosts));
    }
}
