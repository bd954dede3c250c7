using System.Net;
using Agora.Spark;
using Agora.Spark.Shuffle;
using Xunit;

namespace Agora.Tests.Fast.Spark.Shuffle;

/// <summary>Outputs of other nodes, whose servers fail.</summary>
public sealed class ShuffleFetchTests : IDisposable
{
    private readonly ShuffleBench _bench = new();
    private readonly IReadOnlyList<MapOutput> _outputs;
    private readonly List<(int, string)> _expected;

    public ShuffleFetchTests()
    {
        _outputs = [.. Enumerable.Range(0, 8).Select(map => _bench.Write(map).Plain(Records(map), new ShuffleBench.Modulo(2)))];
        _expected = [.. Enumerable.Range(0, 8).SelectMany(Records).Where(r => r.Item1 % 2 == 1)];
    }

    public void Dispose() => _bench.Dispose();

    private static IEnumerable<(int, string)> Records(int map) => Enumerable.Range(0, 2000).Select(i => (i, $"{map} has {i}"));

    private List<(int, string)> Fetch() => [.. _bench.Read(1).Plain<int, string>(ShuffleBench.Elsewhere(_outputs))];

    [Fact]
    public void They_are_fetched_by_their_ranges()
    {
        Assert.Equal(_expected, Fetch());
        Assert.Equal(8, _bench.Server.Requests);
        Assert.Equal(_outputs.Sum(o => o.Offsets[2] - o.Offsets[1]), _bench.Metrics.RemoteBytesRead);
        _bench.AssertNothingIsLeft();
    }

    [Fact]
    public void Those_of_which_a_partition_has_nothing_are_not_asked_for()
    {
        var output = _bench.Write(9).Plain([(0, "for the other")], new ShuffleBench.Modulo(2));
        Assert.Empty(_bench.Read(1).Plain<int, string>(ShuffleBench.Elsewhere([output])));
        Assert.Equal(0, _bench.Server.Requests);
    }

    [Fact]
    public void A_refusal_and_a_transfer_that_breaks_off_are_tried_again()
    {
        _bench.Server.Failures.Enqueue((HttpStatusCode.ServiceUnavailable, false));
        _bench.Server.Failures.Enqueue((HttpStatusCode.PartialContent, true));
        Assert.Equal(_expected, Fetch());
        Assert.Equal(10, _bench.Server.Requests);
        _bench.AssertNothingIsLeft();
    }

    [Fact]
    public void One_that_is_not_there_any_more_fails_at_once_and_says_which()
    {
        File.Delete(_outputs[3].Location);
        var failed = Assert.Throws<FetchFailedException>(Fetch);
        Assert.Equal((0, 3, "http://elsewhere/" + Path.GetFileName(_outputs[3].Location)), (failed.ShuffleId, failed.MapPartition, failed.Location));
        Assert.Contains("answered 404", failed.Message, StringComparison.Ordinal);
        Assert.InRange(_bench.Server.Requests, 4, 8);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_with_a_changed_byte_fails_and_says_which(bool elsewhere)
    {
        using (var file = File.Open(_outputs[5].Location, FileMode.Open))
        {
            file.Position = (_outputs[5].Offsets[1] + _outputs[5].Offsets[2]) / 2;
            var old = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(old ^ 1));
        }
        var failed = Assert.Throws<FetchFailedException>(() =>
            _bench.Read(1).Plain<int, string>(elsewhere ? ShuffleBench.Elsewhere(_outputs) : _outputs).Count());
        Assert.Equal(5, failed.MapPartition);
        Assert.Contains("do not add up", failed.Message, StringComparison.Ordinal);
        // The other partition's part is as it was.
        Assert.Equal(8 * 1000, _bench.Read(0).Plain<int, string>(_outputs).Count());
    }

    [Fact]
    public void One_of_this_node_that_is_gone_or_cut_off_fails_and_says_which()
    {
        using (var file = File.Open(_outputs[6].Location, FileMode.Open))
            file.SetLength(file.Length - 1);
        Assert.Equal(6, Assert.Throws<FetchFailedException>(() => _bench.Read(1).Plain<int, string>(_outputs).Count()).MapPartition);
        File.Delete(_outputs[2].Location);
        Assert.Equal(2, Assert.Throws<FetchFailedException>(() => _bench.Read(1).Plain<int, string>(_outputs).Count()).MapPartition);
    }

    [Fact]
    public void This_nodes_own_are_read_from_their_files_though_they_have_an_address()
    {
        var files = new ShuffleFiles(_bench.OutputDirectory, "http://here/app", _bench.ScratchDirectory, _bench.Memory,
            new HttpMessageInvoker(_bench.Server), TimeProvider.System);
        var output = new ShuffleWrite(files, 1, 0, _bench.Metrics).Plain([(1, "a")], new ShuffleBench.Modulo(2));
        Assert.StartsWith("http://here/app/shuffle_1/map_0_", output.Location, StringComparison.Ordinal);
        Assert.Equal([(1, "a")], new ShuffleRead(files, 1, 1, _bench.Metrics).Plain<int, string>([output]));
        Assert.Equal(0, _bench.Server.Requests);
    }

    [Fact]
    public void Who_is_told_to_stop_stops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new ShuffleRead(_bench.Files, 0, 1, _bench.Metrics, stop.Token).Plain<int, string>(ShuffleBench.Elsewhere(_outputs)).Count());
        _bench.AssertNothingIsLeft();
    }
}
