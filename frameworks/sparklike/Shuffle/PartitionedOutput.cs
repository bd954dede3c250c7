using Agora.Spark.Blocks;
using Agora.Spark.Records;

namespace Agora.Spark.Shuffle;

/// <summary>
/// Makes a map task's output: one file, in it the records for each reduce partition one after another, as pieces. Full
/// pieces wait in a file of their own until all are there, so memory is taken for one piece of each partition.
/// </summary>
internal sealed class PartitionedOutput<T> : IDisposable
{
    /// <summary>A piece that packs badly is better than memory for thousands of large ones.</summary>
    private const int PieceBytesMin = 4 << 10, AllPiecesBytesMax = 16 << 20;

    private readonly ShuffleFiles _files;
    private readonly ShuffleMetrics _metrics;
    private readonly MemoryLease _memory;
    private readonly PieceWriter<T>?[] _pieces;
    private readonly List<(long Offset, int Length)>?[] _full;
    private readonly int _pieceBytes;
    private FileStream? _waiting;
    private FileStream? _output;

    public PartitionedOutput(ShuffleFiles files, int partitions, ShuffleMetrics metrics)
    {
        (_files, _metrics) = (files, metrics);
        _pieces = new PieceWriter<T>?[partitions];
        _full = new List<(long, int)>?[partitions];
        _memory = new MemoryLease(files.Memory);
        _pieceBytes = Math.Clamp(AllPiecesBytesMax / partitions, PieceBytesMin, RecordBlocks.PieceBytes);
        if (!_memory.TryHold((long)_pieceBytes * partitions))
            _pieceBytes = PieceBytesMin;
    }

    public void Add(int partition, T record)
    {
        (_pieces[partition] ??= new PieceWriter<T>(piece => Write(partition, piece), _pieceBytes)).Add(record);
        _metrics.RecordsWritten++;
    }

    /// <summary>Writes the file; nothing is left of it if that fails.</summary>
    public MapOutput Finish(int shuffleId, int mapPartition)
    {
        var path = _files.NewOutput(shuffleId, mapPartition, out var location);
        var partial = path + ".part";
        var offsets = new long[_pieces.Length + 1];
        try
        {
            using (_output = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 64 << 10))
            {
                var copy = new byte[RecordBlocks.PieceBytes];
                for (var partition = 0; partition < _pieces.Length; partition++)
                {
                    offsets[partition] = _output.Position;
                    foreach (var (offset, length) in _full[partition] ?? [])
                        Copy(offset, length, ref copy);
                    // From now on pieces go straight to the output.
                    _pieces[partition]?.Flush();
                    _pieces[partition] = null;
                }
                offsets[^1] = _output.Position;
            }
            File.Move(partial, path);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
        _metrics.BytesWritten += offsets[^1];
        return new MapOutput(location, offsets);
    }

    public void Dispose()
    {
        _waiting?.Dispose();
        _memory.Dispose();
    }

    private void Write(int partition, ReadOnlySpan<byte> piece)
    {
        if (_output is not null)
        {
            _output.Write(piece);
            return;
        }
        _waiting ??= _files.NewScratch();
        (_full[partition] ??= []).Add((_waiting.Position, piece.Length));
        _waiting.Write(piece);
    }

    private void Copy(long offset, int length, ref byte[] copy)
    {
        if (copy.Length < length)
            copy = new byte[length];
        _waiting!.Position = offset;
        _waiting.ReadExactly(copy, 0, length);
        _output!.Write(copy, 0, length);
    }
}
