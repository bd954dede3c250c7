using System.Net;
using Agora.Spark.Blocks;
using Agora.Spark.Records;

namespace Agora.Spark.Shuffle;

/// <summary>
/// The reduce side: reads a partition's part of every map output, in the order of the map partitions, so that a result
/// does not depend on who was faster. Outputs of other nodes are fetched ahead and looked over before a record of them is
/// given out, so a transfer that fails can be tried again.
/// </summary>
internal sealed class ShuffleRead(ShuffleFiles files, int shuffleId, int partition, ShuffleMetrics metrics, CancellationToken stop = default)
{
    private readonly ShuffleFiles _files = files;
    private readonly ShuffleMetrics _metrics = metrics;
    private readonly int _shuffleId = shuffleId, _partition = partition;
    private readonly CancellationToken _stop = stop;

    /// <summary>Outputs on their way at the same time.</summary>
    private const int AheadMax = 5;

    private const int TriesMax = 4;

    /// <summary>Larger parts of outputs are fetched to disk.</summary>
    private const int InMemoryBytesMax = 4 << 20;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Every record as it was written, as they are enumerated.</summary>
    /// <exception cref="FetchFailedException">An output is gone or damaged.</exception>
    public IEnumerable<(K Key, V Value)> Plain<K, V>(IReadOnlyList<MapOutput> outputs)
    {
        var codec = RecordCodec<(K, V)>.Default;
        var reader = new RecordReader(default);
        using var ahead = new FetchAhead(this, outputs);
        for (var map = 0; map < outputs.Count; map++)
        {
            if (ahead.Next(map) is not { } part)
                continue;
            using (part)
            using (var pieces = new PieceReader(part, isMarked: false))
            {
                while (Next(pieces, map, outputs[map]))
                {
                    _stop.ThrowIfCancellationRequested();
                    _metrics.RecordsRead += pieces.Count;
                    reader.Start(pieces.Records);
                    for (var i = 0; i < pieces.Count; i++)
                        yield return codec.Read(reader);
                }
            }
        }
    }

    /// <summary>Each key once, with its values gathered.</summary>
    /// <exception cref="FetchFailedException">An output is gone or damaged.</exception>
    public IEnumerable<(K Key, C Value)> Combined<K, V, C>(IReadOnlyList<MapOutput> outputs, Aggregator<V, C> aggregator, bool wereCombined)
    {
        using var combiner = new Combiner<K, V, C>(aggregator, _files, _metrics);
        if (wereCombined)
            foreach (var (key, part) in Plain<K, C>(outputs))
                combiner.AddPart(key, part);
        else
            foreach (var (key, value) in Plain<K, V>(outputs))
                combiner.Add(key, value);
        foreach (var one in combiner.Finish())
            yield return one;
    }

    /// <summary>Every record, by the order of its key; those with equal keys in the order of the map partitions.</summary>
    /// <exception cref="FetchFailedException">An output is gone or damaged.</exception>
    public IEnumerable<(K Key, V Value)> Sorted<K, V>(IReadOnlyList<MapOutput> outputs, IComparer<K> order) =>
        Sorted(Plain<K, V>(outputs), order);

    /// <summary>Records that were read, by the order of their keys; spills where memory is short.</summary>
    public IEnumerable<(K Key, V Value)> Sorted<K, V>(IEnumerable<(K Key, V Value)> records, IComparer<K> order)
    {
        using var sorter = new Sorter<(K Key, V Value)>(Comparer<(K Key, V Value)>.Create((a, b) => order.Compare(a.Key, b.Key)), _files, _metrics);
        foreach (var record in records)
            sorter.Add(record);
        foreach (var record in sorter.Finish())
            yield return record;
    }

    private bool Next(PieceReader pieces, int map, MapOutput output)
    {
        try
        {
            return pieces.Next();
        }
        catch (IOException e)
        {
            throw new FetchFailedException(_shuffleId, map, output.Location, e);
        }
    }

    /// <summary>A file that is not there will not come back; all else may.</summary>
    private static bool IsPassing(Exception e) => e is IOException ||
        e is HttpRequestException { StatusCode: not (HttpStatusCode.NotFound or HttpStatusCode.Gone) };

    private async Task<Stream> FetchAsync(MapOutput output, MemoryLease memory, CancellationToken end)
    {
        var (offset, length) = (output.Offsets[_partition], output.Offsets[_partition + 1] - output.Offsets[_partition]);
        for (var attempt = 1; ; attempt++)
        {
            Stream? to = null;
            try
            {
                to = memory.HeldBytes > 0 ? new MemoryStream((int)length) : _files.NewScratch();
                await _files.DownloadAsync(output.Location, offset, length, to, end);
                to.Position = 0;
                using (var pieces = new PieceReader(to, isMarked: false))
                    pieces.Verify();
                to.Position = 0;
                _metrics.AddRemote(length);
                return to;
            }
            catch (Exception e)
            {
                to?.Dispose();
                if (attempt == TriesMax || !IsPassing(e))
                    throw;
                await Task.Delay(FirstRetryDelay * (1 << (attempt - 1)), _files.Time, end);
            }
        }
    }

    /// <summary>The outputs of other nodes that are on their way.</summary>
    private sealed class FetchAhead(ShuffleRead read, IReadOnlyList<MapOutput> outputs) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(read._stop);
        private readonly Queue<(int Map, Task<Stream> Fetch, MemoryLease Memory)> _fetches = [];
        private MemoryLease? _current;
        private int _started;

        /// <returns>Null if the output has nothing for the partition.</returns>
        public Stream? Next(int map)
        {
            _current?.Dispose();
            _current = null;
            Start();
            var output = outputs[map];
            var (offset, length) = (output.Offsets[read._partition], output.Offsets[read._partition + 1] - output.Offsets[read._partition]);
            if (length == 0)
                return null;
            try
            {
                if (read._files.FileOf(output.Location) is { } path)
                {
                    read._metrics.LocalBytesRead += length;
                    return ShuffleFiles.OpenLocal(path, offset, length);
                }
                var (_, fetch, memory) = _fetches.Dequeue();
                _current = memory;
                var start = read._files.Time.GetTimestamp();
                var stream = fetch.GetAwaiter().GetResult();
                read._metrics.FetchWait += read._files.Time.GetElapsedTime(start);
                return stream;
            }
            catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException)
            {
                throw new FetchFailedException(read._shuffleId, map, output.Location, e);
            }
        }

        public void Dispose()
        {
            _end.Cancel();
            _current?.Dispose();
            foreach (var (_, fetch, memory) in _fetches)
            {
                // What comes of it is nobody's any more.
                fetch.ContinueWith(f => _ = f.IsCompletedSuccessfully ? DisposeOf(f.Result) : f.Exception is null, TaskScheduler.Default);
                memory.Dispose();
            }
            _end.Dispose();
        }

        private static bool DisposeOf(Stream stream)
        {
            stream.Dispose();
            return true;
        }

        private void Start()
        {
            for (; _started < outputs.Count && _fetches.Count < AheadMax; _started++)
            {
                var output = outputs[_started];
                var length = output.Offsets[read._partition + 1] - output.Offsets[read._partition];
                if (length == 0 || read._files.FileOf(output.Location) is not null)
                    continue;
                var memory = new MemoryLease(read._files.Memory);
                if (length <= InMemoryBytesMax)
                    memory.TryHold(length);
                var end = _end.Token;
                _fetches.Enqueue((_started, Task.Run(() => read.FetchAsync(output, memory, end), end), memory));
            }
        }
    }
}
