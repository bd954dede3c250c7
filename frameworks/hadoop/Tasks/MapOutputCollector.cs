using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Programs;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Takes a map's output records, keeps as many as <c>io.sort.mb</c> allows in memory, spills the rest sorted to disk,
/// and in the end leaves one sorted file with its index.
/// </summary>
/// <param name="scratch">Directory for spills; the caller removes it.</param>
/// <param name="combiner">Null without one.</param>
internal sealed class MapOutputCollector(
    JobConf conf, KeyOrder order, KeyPartitioner partitioner, int partitions, string scratch, Counters counters,
    IReduceProgram? combiner) : IDisposable
{
    private readonly SortBuffer _buffer = new(order, (long)(conf.Int(JobConf.SortMib) * 1024L * 1024L * conf.Decimal(JobConf.SpillPercent)));
    private readonly List<(string Path, Segment[] Segments)> _spills = [];

    /// <summary>What the output is packed with; spills, which only this map reads, are not.</summary>
    private readonly string? _codec = conf.MapOutputCodec;
    private bool _combineMerged;
    private int _filesMade;
    private long _records, _bytes, _spilledRecords;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Add(partitioner.PartitionOf(key), key, value);

    public void Add(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _records++;
        _bytes += TextBytes(key.Length) + TextBytes(value.Length);
        if ((long)key.Length + value.Length > _buffer.BytesMax)
        {
            SpillAlone(partition, key, value);
            return;
        }
        _buffer.Add(partition, key, value);
        if (_buffer.IsFull)
            Spill(ScratchFile());
    }

    /// <summary>Leaves the output in a directory, as <see cref="MapOutputFile"/> describes.</summary>
    public void Finish(string directory)
    {
        Directory.CreateDirectory(directory);
        var target = Path.Combine(directory, MapOutputFile.DataName);
        Segment[] segments;
        if (_spills.Count == 0)
        {
            Spill(target, _codec);
            segments = _spills[0].Segments;
        }
        else
        {
            if (_buffer.Count > 0)
                Spill(ScratchFile());
            _combineMerged = combiner is not null && _spills.Count >= conf.Int(JobConf.CombineSpillsMin);
            var rounds = new MergeRounds(conf.Int(JobConf.SortFactor), conf.KeyBytesMax(JobConf.MapMib));
            while (rounds.Next(_spills.ConvertAll(s => s.Segments.Max(p => p.LongestKey))) is { } round)
            {
                var (first, count) = round.GetOffsetAndLength(_spills.Count);
                var merged = MergeSpills(_spills.GetRange(first, count), ScratchFile());
                _spills.RemoveRange(first, count);
                // In their place: equal keys keep the order in which they were spilled.
                _spills.Insert(first, merged);
            }
            segments = MergeSpills(_spills, target, _codec).Segments;
        }
        MapOutputFile.WriteIndex(Path.Combine(directory, MapOutputFile.IndexName), segments);
        counters.Add(CounterNames.Framework, CounterNames.MapOutputRecords, _records);
        counters.Add(CounterNames.Framework, CounterNames.MapOutputBytes, _bytes);
        counters.Add(CounterNames.Framework, CounterNames.MaterializedBytes, segments.Sum(s => s.Length));
        counters.Add(CounterNames.Framework, CounterNames.SpilledRecords, _spilledRecords);
    }

    public void Dispose() => _buffer.Dispose();

    private void Spill(string path, string? codec = null)
    {
        _buffer.Sort();
        var segments = new Segment[partitions];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var writer = new RecordWriter(file, codec);
        var next = 0;
        for (var partition = 0; partition < partitions; partition++)
        {
            var first = next;
            while (next < _buffer.Count && _buffer.Entries[next].Partition == partition)
                next++;
            WriteSorted(writer, first, next);
            segments[partition] = writer.EndSegment();
        }
        counters.Add(CounterNames.FileSystem, CounterNames.FileBytesWritten, writer.Position);
        _spills.Add((path, segments));
        _buffer.Clear();
    }

    /// <summary>A record that the buffer has no room for goes to disk without a copy.</summary>
    private void SpillAlone(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_buffer.Count > 0)
            Spill(ScratchFile());
        var path = ScratchFile();
        var segments = new Segment[partitions];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var writer = new RecordWriter(file);
        for (var i = 0; i < partitions; i++)
        {
            if (i == partition)
                writer.Write(key, value);
            segments[i] = writer.EndSegment();
        }
        _spilledRecords++;
        counters.Add(CounterNames.FileSystem, CounterNames.FileBytesWritten, writer.Position);
        _spills.Add((path, segments));
    }

    private void WriteSorted(RecordWriter writer, int first, int end)
    {
        if (combiner is null || first == end)
        {
            WriteEntries(writer, _buffer, first, end);
            return;
        }
        // Combiners that gather in a table give their keys out in any order, so what they say is sorted again.
        using var combined = new SortBuffer(order, long.MaxValue);
        combiner.Run(new SortedRange(_buffer, order, first, end), (key, value) => combined.Add(0, key, value));
        combined.Sort();
        WriteEntries(writer, combined, 0, combined.Count);
        counters.Add(CounterNames.Framework, CounterNames.CombineInputRecords, end - first);
        counters.Add(CounterNames.Framework, CounterNames.CombineOutputRecords, combined.Count);
    }

    private void WriteEntries(RecordWriter writer, SortBuffer from, int first, int end)
    {
        for (var i = first; i < end; i++)
            writer.WriteEncoded(from.RecordOf(from.Entries[i]));
        _spilledRecords += end - first;
    }

    private (string Path, Segment[] Segments) MergeSpills(
        List<(string Path, Segment[] Segments)> spills, string path, string? codec = null)
    {
        var segments = new Segment[partitions];
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            using var writer = new RecordWriter(file, codec);
            for (var partition = 0; partition < partitions; partition++)
            {
                var runs = spills.ConvertAll(s => MapOutputFile.OpenSegment(s.Path, s.Segments[partition], codec: null));
                using var merge = new MergeReader(order, runs);
                if (_combineMerged)
                    Combine(merge, spills.Sum(s => s.Segments[partition].RecordBytes), writer);
                else
                    Copy(merge, writer);
                segments[partition] = writer.EndSegment();
            }
            counters.Add(CounterNames.FileSystem, CounterNames.FileBytesRead,
                spills.Sum(s => s.Segments.Sum(p => p.Length)));
            counters.Add(CounterNames.FileSystem, CounterNames.FileBytesWritten, writer.Position);
        }
        foreach (var (spilled, _) in spills)
            File.Delete(spilled);
        return (path, segments);
    }

    private void Copy(MergeReader merge, RecordWriter writer)
    {
        while (merge.Next())
        {
            writer.Write(merge.Key, merge.Value);
            _spilledRecords++;
        }
    }

    /// <summary>What the spills' combined records have in common is combined once more.</summary>
    private void Combine(MergeReader merge, long bytes, RecordWriter writer)
    {
        if (bytes == 0)
            return;
        // The buffer is empty by now and takes what the combiner says, which is in any order.
        var runs = new List<(string Path, Segment Segment)>();
        var input = new ReduceInput(merge, order, bytes, _ => { });
        var made = 0L;
        combiner!.Run(input, (key, value) =>
        {
            _buffer.Add(0, key, value);
            made++;
            if (_buffer.IsFull)
                runs.Add(SpillRun());
        });
        counters.Add(CounterNames.Framework, CounterNames.CombineInputRecords, input.Records);
        counters.Add(CounterNames.Framework, CounterNames.CombineOutputRecords, made);
        if (runs.Count == 0)
        {
            _buffer.Sort();
            WriteEntries(writer, _buffer, 0, _buffer.Count);
            _buffer.Clear();
            return;
        }
        runs.Add(SpillRun());
        using (var sorted = new MergeReader(order, runs.ConvertAll(r => MapOutputFile.OpenSegment(r.Path, r.Segment, codec: null))))
            Copy(sorted, writer);
        foreach (var (run, _) in runs)
            File.Delete(run);
    }

    private (string Path, Segment Segment) SpillRun()
    {
        var path = ScratchFile();
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var run = new RecordWriter(file);
        _buffer.Sort();
        WriteEntries(run, _buffer, 0, _buffer.Count);
        _buffer.Clear();
        return (path, run.EndSegment());
    }

    private string ScratchFile() => Path.Combine(scratch, $"spill{_filesMade++}.out");

    /// <summary>What Hadoop counts for a text: its bytes and their length, which takes a byte up to 127.</summary>
    private static long TextBytes(int length) => length + (length <= 127 ? 1 : length <= 255 ? 2 : length <= 65535 ? 3 : 4);
}
