using Agora.Spark.Records;

namespace Agora.Spark.Blocks;

/// <summary>
/// An executor's kept partitions, for several task threads. A partition is computed by one thread at a time, and others
/// wait for it. What does not fit evicts partitions of the dataset that was not used for the longest time, but never of
/// the one it belongs to (Zaharia et al., NSDI 2012, section 5.3); if that does not suffice, it goes to disk or, where
/// its level has none, is handed on without being kept.
/// </summary>
internal sealed partial class BlockStore : IDisposable
{
    private readonly MemoryPool _memory;
    private readonly string _directory;
    private readonly Lock _lock = new();
    private readonly Dictionary<BlockId, StoredBlock> _blocks = [];
    private readonly Dictionary<BlockId, TaskCompletionSource> _computing = [];
    private readonly List<BlockChange> _changes = [];
    private long _uses, _memoryBytes;

    /// <param name="memory">May ask this store, and no other, to evict.</param>
    /// <param name="directory">For partitions on disk; made when needed.</param>
    public BlockStore(MemoryPool memory, string directory)
    {
        (_memory, _directory) = (memory, directory);
        memory.Evict = Evict;
    }

    /// <summary>What has come, moved or gone since it was asked last.</summary>
    public IReadOnlyList<BlockChange> TakeChanges()
    {
        lock (_lock)
        {
            BlockChange[] changes = [.. _changes];
            _changes.Clear();
            return changes;
        }
    }

    /// <summary>The partition as it is kept, or computed now and kept as its level says and memory allows.</summary>
    /// <param name="compute">May be called again where a disk is full.</param>
    /// <returns>To be enumerated once. Arrays among them are the store's own, and not to be changed.</returns>
    public IEnumerable<T> GetOrCompute<T>(BlockId id, StorageLevel level, Func<IEnumerable<T>> compute, CancellationToken stop = default)
    {
        while (true)
        {
            Task? other = null;
            lock (_lock)
            {
                if (Use<T>(id) is { } kept)
                    return kept;
                if (_computing.TryGetValue(id, out var computing))
                    other = computing.Task;
                else
                    _computing[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            if (other is null)
                break;
            other.Wait(stop);
        }
        try
        {
            return Keep(id, level, compute);
        }
        finally
        {
            TaskCompletionSource done;
            lock (_lock)
            {
                done = _computing[id];
                _computing.Remove(id);
            }
            done.SetResult();
        }
    }

    /// <summary>The partition, if it is kept.</summary>
    public IEnumerable<T>? Find<T>(BlockId id)
    {
        lock (_lock)
            return Use<T>(id);
    }

    /// <summary>Keeps a partition that another executor has sent, if there is room.</summary>
    /// <param name="packed">As <see cref="OpenPacked"/> gives it.</param>
    /// <exception cref="CorruptBlockException">It is not as it was sent.</exception>
    public void Put(BlockId id, StorageLevel level, Stream packed)
    {
        using var lease = new MemoryLease(_memory, id.RddId);
        var pieces = new List<byte[]>();
        using var reader = new PieceReader(packed, isMarked: true);
        var bytes = 0L;
        FileStream? file = null;
        try
        {
            while (reader.Next())
            {
                var piece = new byte[Piece.RoomFor(reader.Records.Length)];
                Array.Resize(ref piece, Piece.Pack(reader.Records.Span, reader.Count, piece));
                if (file is null && level.UsesMemory && lease.TryHold(bytes += piece.Length))
                {
                    pieces.Add(piece);
                    continue;
                }
                if (!level.UsesDisk)
                    return;
                file ??= Begin(id, pieces, lease);
                file.Write(piece);
            }
            if (file is null && !level.UsesMemory)
                file = Begin(id, pieces, lease);
            lease.Shrink(bytes);
            if (file is not null)
                AddFile(id, level, file);
            else
                Add(new PackedBlock(id, level, pieces), lease);
        }
        catch
        {
            Abandon(file);
            throw;
        }
    }

    /// <summary>A kept partition as bytes, for another executor; null if there is none.</summary>
    public Stream? OpenPacked(BlockId id)
    {
        Action<Stream> write;
        lock (_lock)
        {
            if (!_blocks.TryGetValue(id, out var block))
                return null;
            if (block.Path is not null)
                return File.OpenRead(block.Path);
            write = block.Writer();
        }
        var scratch = NewFile(id, FileOptions.DeleteOnClose);
        write(scratch);
        scratch.Position = 0;
        return scratch;
    }

    /// <summary>Forgets a dataset's partitions.</summary>
    public void Drop(int rddId)
    {
        lock (_lock)
            foreach (var block in _blocks.Values.Where(b => b.Id.RddId == rddId).ToList())
                Remove(block);
    }

    /// <summary>Forgets a partition.</summary>
    public void Drop(BlockId id)
    {
        lock (_lock)
            if (_blocks.TryGetValue(id, out var block))
                Remove(block);
    }

    /// <summary>Forgets all, and deletes its files.</summary>
    public void Dispose()
    {
        _memory.Evict = null;
        lock (_lock)
            foreach (var block in _blocks.Values.ToList())
                Remove(block);
    }

    private void Remove(StoredBlock block)
    {
        _blocks.Remove(block.Id);
        if (block.IsInMemory)
            Release(block);
        if (block.Path is not null)
            File.Delete(block.Path);
        _changes.Add(new BlockChange(block.Id, 0, InMemory: false, IsKept: false));
    }

    private void Release(StoredBlock block)
    {
        _memory.Give(block.MemoryBytes);
        _memoryBytes -= block.MemoryBytes;
        block.MemoryBytes = 0;
        block.Leave();
    }

    /// <summary>Under the lock: readers get what is there now.</summary>
    private IEnumerable<T>? Use<T>(BlockId id)
    {
        if (!_blocks.TryGetValue(id, out var block))
            return null;
        block.LastUse = ++_uses;
        if (!block.IsInMemory && !File.Exists(block.Path))
        {
            Remove(block);
            return null;
        }
        return block switch
        {
            RecordsBlock<T> { Records: { } records } => records,
            PackedBlock { Pieces: { } pieces } => PackedBlock.Read<T>(pieces),
            { Path: { } path } => FromFile<T>(id, File.OpenRead(path)),
            _ => throw new InvalidOperationException($"{id} is kept as records of another type than {TypeNames.ForPeople(typeof(T))}"),
        };
    }

    /// <summary>Opened already, as the file may be deleted before it is read.</summary>
    private IEnumerable<T> FromFile<T>(BlockId id, FileStream file)
    {
        using (file)
        using (var records = RecordBlocks.Read<T>(new BufferedStream(file, 64 << 10)).GetEnumerator())
            while (MoveOn(records, id))
                yield return records.Current;
    }

    private bool MoveOn<T>(IEnumerator<T> records, BlockId id)
    {
        try
        {
            return records.MoveNext();
        }
        catch (IOException)
        {
            // The next attempt computes it.
            Drop(id);
            throw;
        }
    }
}
