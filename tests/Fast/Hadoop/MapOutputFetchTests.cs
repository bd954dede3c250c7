using System.Net;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>What a reduce brings over, from files as maps leave them, behind a server that may fail.</summary>
public sealed class MapOutputFetchTests : IDisposable
{
    private const string Zlib = "org.apache.hadoop.io.compress.DefaultCodec";
    private const int Outputs = 6, RecordsEach = 500;

    private readonly string _directory = Directory.CreateTempSubdirectory("agora-fetch").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData(Zlib)]
    [InlineData("ZStandardCodec")]
    public async Task As_many_outputs_stay_in_memory_as_fit_unpacked_and_a_failed_try_takes_none(string? codec)
    {
        var counters = MapOutputs(codec);
        // Each output has the same records, and no more than a quarter may go to a single one: so four fit.
        var each = RecordBytes();
        using var server = new FileServer(_directory);
        server.Failing.Add("/map1/file.out");
        using var http = new HttpClient(server);
        var fetch = Fetch(http, "http://elsewhere", codec, 4 * each);
        var fetched = await fetch.AllAsync(_ => { }, CancellationToken.None);
        Assert.Empty(server.Failing);
        Assert.Equal((4, 2), (fetched.Count(f => f.Bytes is not null), fetched.Count(f => f.Path is not null)));
        Assert.Equal((Outputs * each, counters[CounterNames.Framework, CounterNames.MaterializedBytes]),
            (fetch.TotalRecordBytes, fetch.TotalBytes));
        Assert.Equal(codec is not null, fetch.TotalBytes < fetch.TotalRecordBytes / 2);
        Assert.All(fetched, AssertWhole);
    }

    [Fact]
    public async Task Packed_outputs_of_the_node_itself_are_read_from_where_they_lie()
    {
        MapOutputs(Zlib);
        using var http = new HttpClient();
        var fetched = await Fetch(http, "file:", Zlib, long.MaxValue).AllAsync(_ => { }, CancellationToken.None);
        Assert.All(fetched, f => Assert.Equal((false, true), (f.IsOwn, f.Path!.EndsWith("/file.out", StringComparison.Ordinal))));
        Assert.All(fetched, AssertWhole);
    }

    [Theory]
    [InlineData("file:", null)]
    [InlineData("file:", Zlib)]
    [InlineData("http://elsewhere", Zlib)]
    public async Task An_output_with_a_changed_byte_counts_as_lost(string url, string? codec)
    {
        MapOutputs(codec);
        var file = Path.Combine(_directory, "map2", "file.out");
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        using var server = new FileServer(_directory);
        using var http = new HttpClient(server);
        var lost = await Assert.ThrowsAsync<MapOutputsLostException>(
            () => Fetch(http, url, codec, long.MaxValue).AllAsync(_ => { }, CancellationToken.None));
        Assert.Equal(["map2"], lost.Attempts);
        Assert.Contains("do not add up", lost.Message, StringComparison.Ordinal);
    }

    private static void AssertWhole(MapOutputFetch.Fetched fetched)
    {
        using var reader = fetched.Open();
        var read = 0;
        for (; reader.Next(); read++)
            Assert.Equal(($"key{read:0000}", Value), (Encoding.UTF8.GetString(reader.Key), Encoding.UTF8.GetString(reader.Value)));
        Assert.Equal(RecordsEach, read);
    }

    private static string Value => new('v', 50);

    /// <summary>A length takes one byte for each.</summary>
    private static long RecordBytes() => RecordsEach * (2L + "key0000".Length + Value.Length);

    private Counters MapOutputs(string? codec)
    {
        var conf = new JobConf(new Dictionary<string, string>
        {
            [JobConf.CompressMapOutput] = codec is null ? "false" : "true",
            [JobConf.MapCodec] = codec ?? "",
        });
        var counters = new Counters();
        for (var map = 0; map < Outputs; map++)
        {
            using var collector = new MapOutputCollector(
                conf, KeyOrder.Bytes, new KeyPartitioner(null, 1), 1, _directory, counters, null);
            for (var i = 0; i < RecordsEach; i++)
                collector.Add(Encoding.UTF8.GetBytes($"key{i:0000}"), Encoding.UTF8.GetBytes(Value));
            collector.Finish(Path.Combine(_directory, $"map{map}"));
        }
        return counters;
    }

    private MapOutputFetch Fetch(HttpClient http, string url, string? codec, long memoryBytesMax)
    {
        var outputs = new MapOutputs([$"{url}/maps"], [.. Enumerable.Range(0, Outputs).Select(i => new MapOutput(0, $"map{i}", i))]);
        var node = new Node(_directory, _directory, "file:/maps", new Dictionary<string, string>());
        return new MapOutputFetch(http, TimeProvider.System, node, new MapOutputFeed(outputs), Outputs, 0, _directory, codec,
            memoryBytesMax, parallelMax: 2);
    }

    /// <summary>Serves ranges of files of a directory; those named fail once.</summary>
    private sealed class FileServer(string directory) : HttpMessageHandler
    {
        public HashSet<string> Failing { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath["/maps".Length..];
            lock (Failing)
                if (Failing.Remove(path))
                    return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
            var range = request.Headers.Range!.Ranges.Single();
            var bytes = File.ReadAllBytes(directory + path)[(int)range.From!..(int)(range.To! + 1)];
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(bytes) });
        }
    }
}
