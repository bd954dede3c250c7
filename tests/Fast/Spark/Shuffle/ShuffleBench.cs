using System.Net;
using Agora.Spark;
using Agora.Spark.Blocks;
using Agora.Spark.Records;
using Agora.Spark.Shuffle;

namespace Agora.Tests.Fast.Spark.Shuffle;

/// <summary>A node's files for shuffles, little memory, and a server of other nodes' files that may fail.</summary>
internal sealed class ShuffleBench : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("agora-shuffle").FullName;
    private readonly HttpMessageInvoker _http;

    public ShuffleBench(long memoryBytes = 64 << 20)
    {
        Memory = new MemoryPool(memoryBytes);
        Server = new FileServer(OutputDirectory);
        _http = new HttpMessageInvoker(Server);
        Files = new ShuffleFiles(OutputDirectory, null, ScratchDirectory, Memory, _http, TimeProvider.System);
    }

    public MemoryPool Memory { get; }
    public ShuffleFiles Files { get; }
    public FileServer Server { get; }
    public ShuffleMetrics Metrics { get; } = new();
    public string OutputDirectory => Path.Combine(_root, "outputs");
    public string ScratchDirectory => Path.Combine(_root, "scratch");

    public ShuffleWrite Write(int mapPartition) => new(Files, 0, mapPartition, Metrics);

    public ShuffleRead Read(int partition) => new(Files, 0, partition, Metrics);

    /// <summary>As another node sees outputs of this one.</summary>
    public static IReadOnlyList<MapOutput> Elsewhere(IEnumerable<MapOutput> outputs) =>
        [.. outputs.Select(o => o with { Location = "http://elsewhere/" + Path.GetFileName(o.Location) })];

    /// <summary>All that tasks use and give back.</summary>
    public void AssertNothingIsLeft()
    {
        Xunit.Assert.Equal(0, Memory.UsedBytes);
        Xunit.Assert.Empty(Directory.Exists(ScratchDirectory) ? Directory.GetFiles(ScratchDirectory) : []);
    }

    public void Dispose()
    {
        _http.Dispose();
        Server.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Keys' hashes, or the numbers themselves.</summary>
    public sealed class Modulo(int count) : Partitioner
    {
        public override int PartitionCount => count;

        public override int PartitionOf(object? key) => key is int number ? number % count : throw new NotSupportedException();

        internal override Func<K, int> Router<K>() => typeof(K) == typeof(int)
            ? base.Router<K>() : key => (int)((uint)StableHash<K>.Of(key) % (uint)count);

        public override bool Equals(object? obj) => obj is Modulo other && other.PartitionCount == count;

        public override int GetHashCode() => count;
    }

    /// <summary>Serves ranges of files by their name, and fails when told to.</summary>
    public sealed class FileServer(string directory) : HttpMessageHandler
    {
        private int _requests;

        public int Requests => _requests;

        /// <summary>What the next answers are instead; true for one that breaks off.</summary>
        public Queue<(HttpStatusCode Status, bool BreaksOff)> Failures { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            var failure = (Status: HttpStatusCode.PartialContent, BreaksOff: false);
            lock (Failures)
                if (Failures.TryDequeue(out var next))
                    failure = next;
            var name = Path.GetFileName(request.RequestUri!.AbsolutePath);
            var path = Directory.GetFiles(directory, name, SearchOption.AllDirectories).SingleOrDefault();
            if (path is null)
                failure.Status = HttpStatusCode.NotFound;
            if (failure.Status != HttpStatusCode.PartialContent)
                return Task.FromResult(new HttpResponseMessage(failure.Status));
            var range = request.Headers.Range!.Ranges.Single();
            var bytes = File.ReadAllBytes(path!)[(int)range.From!..(int)(range.To! + 1)];
            if (failure.BreaksOff)
                bytes = bytes[..(bytes.Length / 2)];
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(bytes) });
        }
    }
}
