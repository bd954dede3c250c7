using Agora.Spark.Records;

namespace Agora.Spark.Blocks;

internal sealed partial class BlockStore
{
    private IEnumerable<T> Keep<T>(BlockId id, StorageLevel level, Func<IEnumerable<T>> compute)
    {
        try
        {
            return !level.UsesMemory ? KeepOnDisk(id, level, [], compute().GetEnumerator())
                : level.IsSerialized ? KeepPacked(id, level, compute().GetEnumerator())
                : KeepRecords(id, level, compute().GetEnumerator());
        }
        catch (DiskFailedException)
        {
            // Works without being kept.
            return compute();
        }
    }

    private IEnumerable<T> KeepRecords<T>(BlockId id, StorageLevel level, IEnumerator<T> computed)
    {
        var lease = new MemoryLease(_memory, id.RddId);
        var handedOn = false;
        try
        {
            var records = new List<T>();
            var size = new SizeMeter<T>();
            while (computed.MoveNext())
            {
                records.Add(computed.Current);
                size.Add(computed.Current);
                if (lease.TryHold(size.Bytes))
                    continue;
                if (level.UsesDisk)
                    return KeepOnDisk(id, level, records, computed);
                handedOn = true;
                return Rest(records, computed, lease);
            }
            lease.Shrink(size.Bytes);
            T[] kept = [.. records];
            Add(new RecordsBlock<T>(id, level, kept), lease);
            return kept;
        }
        finally
        {
            if (!handedOn)
            {
                computed.Dispose();
                lease.Dispose();
            }
        }
    }

    private IEnumerable<T> KeepPacked<T>(BlockId id, StorageLevel level, IEnumerator<T> computed)
    {
        var lease = new MemoryLease(_memory, id.RddId);
        var handedOn = false;
        FileStream? file = null;
        try
        {
            var pieces = new List<byte[]>();
            var (bytes, fits) = (0L, true);
            var writer = new PieceWriter<T>(piece =>
            {
                if (file is not null)
                {
                    Write(file, piece);
                    return;
                }
                pieces.Add(piece.ToArray());
                fits = lease.TryHold(bytes += piece.Length);
            }, RecordBlocks.PieceBytes);
            while (true)
            {
                var isMore = computed.MoveNext();
                if (isMore)
                    writer.Add(computed.Current);
                else
                    writer.Flush();
                if (!fits && file is null && level.UsesDisk)
                    file = Begin(id, pieces, lease);
                if (!fits && file is null)
                {
                    handedOn = true;
                    return Rest(PackedBlock.Read<T>(pieces), computed, lease);
                }
                if (!isMore)
                    break;
            }
            lease.Shrink(bytes);
            // Open before others can drop it.
            var kept = file is null ? PackedBlock.Read<T>(pieces) : FromFile<T>(id, File.OpenRead(file.Name));
            if (file is not null)
                AddFile(id, level, file);
            else
                Add(new PackedBlock(id, level, pieces), lease);
            return kept;
        }
        catch
        {
            Abandon(file);
            throw;
        }
        finally
        {
            if (!handedOn)
            {
                computed.Dispose();
                lease.Dispose();
            }
        }
    }

    /// <param name="first">Records that were computed already.</param>
    private IEnumerable<T> KeepOnDisk<T>(BlockId id, StorageLevel level, List<T> first, IEnumerator<T> computed)
    {
        var file = NewFile(id);
        try
        {
            var writer = new PieceWriter<T>(piece => Write(file, piece), RecordBlocks.PieceBytes);
            foreach (var record in first)
                writer.Add(record);
            first.Clear();
            using (computed)
                while (computed.MoveNext())
                    writer.Add(computed.Current);
            writer.Flush();
            // Open before others can drop it.
            var kept = FromFile<T>(id, File.OpenRead(file.Name));
            AddFile(id, level, file);
            return kept;
        }
        catch
        {
            Abandon(file);
            throw;
        }
    }

    /// <summary>What was unrolled, which does not fit, and what comes after it.</summary>
    private static IEnumerable<T> Rest<T>(IEnumerable<T> unrolled, IEnumerator<T> computed, MemoryLease lease)
    {
        using (lease)
        using (computed)
        {
            foreach (var record in unrolled)
                yield return record;
            lease.Dispose();
            while (computed.MoveNext())
                yield return computed.Current;
        }
    }

    private void Add(StoredBlock block, MemoryLease lease)
    {
        lock (_lock)
        {
            if (_blocks.TryGetValue(block.Id, out var former))
                Remove(former);
            block.MemoryBytes = lease.HandOver();
            _memoryBytes += block.MemoryBytes;
            block.LastUse = ++_uses;
            _blocks[block.Id] = block;
            _changes.Add(new BlockChange(block.Id, block.MemoryBytes, InMemory: true, IsKept: true));
        }
    }

    private void AddFile(BlockId id, StorageLevel level, FileStream file)
    {
        Write(file, Piece.EndMark);
        var block = new PackedBlock(id, level, null) { Path = file.Name, FileBytes = file.Length };
        file.Dispose();
        lock (_lock)
        {
            if (_blocks.TryGetValue(id, out var former))
                Remove(former);
            block.LastUse = ++_uses;
            _blocks[id] = block;
            _changes.Add(new BlockChange(id, block.FileBytes, InMemory: false, IsKept: true));
        }
    }

    /// <summary>Goes on in a file with what did not fit into memory.</summary>
    private FileStream Begin(BlockId id, List<byte[]> pieces, MemoryLease lease)
    {
        var file = NewFile(id);
        foreach (var piece in pieces)
            Write(file, piece);
        pieces.Clear();
        lease.Dispose();
        return file;
    }

    private FileStream NewFile(BlockId id, FileOptions options = FileOptions.None)
    {
        try
        {
            Directory.CreateDirectory(_directory);
            return new FileStream(Path.Combine(_directory, $"{id}_{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite,
                FileShare.Read | FileShare.Delete, bufferSize: 0, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiskFailedException(e);
        }
    }

    private static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException e)
        {
            throw new DiskFailedException(e);
        }
    }

    private static void Abandon(FileStream? file)
    {
        if (file is null)
            return;
        file.Dispose();
        File.Delete(file.Name);
    }

    /// <summary>The executor's disk is full or away, which is not the fault of the user's code.</summary>
    private sealed class DiskFailedException(Exception inner) : IOException(inner.Message, inner);
}
