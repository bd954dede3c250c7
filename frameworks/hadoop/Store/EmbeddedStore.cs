using System.IO.Pipelines;

namespace Agora.Hadoop.Store;

/// <summary>
/// The embedded store: files cut into blocks, whose copies are spread over the nodes in turn. A file appears in the
/// namespace once all its blocks are written; whatever a crash leaves of others is swept up at the next start.
/// </summary>
internal sealed class EmbeddedStore : IDisposable
{
    /// <summary>How much is read from a block and handed on at once; a multiple of the chunk.</summary>
    private const int ReadBytes = 4 * BlockFiles.ChunkBytes;

    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly BlockFiles _files;
    private int _filesWritten;

    public EmbeddedStore(StoreOptions options, ILiveAgents? agents, TimeProvider time, Action<string> log)
    {
        _options = options;
        _time = time;
        // What is in it is under the namespace's permissions, not under those of the files it is kept in.
        Directory.CreateDirectory(options.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Names = new Namespace(Path.Combine(options.Root, "namespace.db"), options.Superuser, options.Group, time);
        _files = new BlockFiles(options.Root, options.SyncOnClose);
        _files.MakeDirectories(options.Nodes);
        Replicator = new Replicator(Names, _files, options, agents, time, log);
        foreach (var node in options.Nodes)
            foreach (var missing in _files.Sweep(node, Names.CopiesOn(node)))
                Replicator.ReportDamage(missing, [node]);
        // Where the next file begins its turn; the runs of the store do not all begin with the same node.
        _filesWritten = (int)(Names.NextBlockId() % options.Nodes.Count);
    }

    public Namespace Names { get; }

    public Replicator Replicator { get; }

    public (long Capacity, long Free) Disk(string node) => _files.Disk(node);

    /// <summary>Writes a file from a stream.</summary>
    /// <returns>False if something that may not be replaced is there.</returns>
    public async Task<bool> CreateAsync(string path, Stream from, bool overwrite, long blockSize, int replication,
        string permission, string owner, CancellationToken stop)
    {
        if (Names.Find(path) is { } there && (there.IsDirectory || !overwrite))
            return false;
        var replacedBytes = Names.Find(path) is { } old ? old.Length * old.Replication : 0;
        var blocks = await WriteBlocksAsync(path, from, blockSize, replication, replacedBytes, stop);
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var file = new Inode(0, "", false, blocks.Sum(b => b.Length), blockSize, replication, now, now, permission, owner, "");
        return Keep(blocks, replication, () =>
        {
            var added = Names.AddFile(path, file, blocks, overwrite, out var replaced);
            Delete(replaced);
            return added;
        });
    }

    /// <summary>Adds to the end of a file, in new blocks. False if it changed meanwhile.</summary>
    public async Task<bool> AppendAsync(string path, Inode file, Stream from, CancellationToken stop)
    {
        var blocks = await WriteBlocksAsync(path, from, file.BlockSizeBytes, file.Replication, 0, stop);
        return Keep(blocks, file.Replication, () => Names.Append(file, blocks));
    }

    /// <summary>
    /// Cuts a file. Blocks never change, so that of which a part stays is written anew. False if the file changed meanwhile.
    /// </summary>
    /// <param name="length">At most the file's, in bytes.</param>
    public async Task<bool> TruncateAsync(string path, Inode file, long length, CancellationToken stop)
    {
        var blocks = Names.Blocks(file);
        if (length == blocks.Sum(b => b.Length))
            return true;
        var kept = blocks.Count(b => b.Offset + b.Length <= length);
        List<WrittenBlock> tail = [];
        if (length > blocks[kept].Offset)
        {
            var pipe = new Pipe();
            var writing = WriteBlocksAsync(path, pipe.Reader.AsStream(), blocks[kept].Length, file.Replication, null, stop);
            Exception? failure = null;
            try
            {
                await CopyAsync(blocks[kept], 0, length - blocks[kept].Offset, pipe.Writer, stop);
            }
            catch (Exception e)
            {
                failure = e;
            }
            await pipe.Writer.CompleteAsync(failure);
            tail = await writing;
        }
        return Keep(tail, file.Replication, () =>
        {
            var done = Names.Truncate(file, blocks, kept, tail, out var removed);
            Delete(removed);
            return done;
        });
    }

    /// <summary>See <see cref="Namespace.Concat"/>.</summary>
    public bool Concat(Inode target, IReadOnlyList<Inode> sources)
    {
        var done = Names.Concat(target, sources);
        Replicator.Wake();
        return done;
    }

    /// <summary>Copies a part of a file, block by block; nothing is locked meanwhile.</summary>
    public async Task CopyAsync(Inode file, long offset, long length, PipeWriter to, CancellationToken stop)
    {
        var end = offset + length;
        foreach (var block in Names.Blocks(file))
        {
            var from = Math.Max(offset, block.Offset) - block.Offset;
            var until = Math.Min(end, block.Offset + block.Length) - block.Offset;
            if (from < until)
                await CopyAsync(block, from, until, to, stop);
        }
    }

    /// <summary>Nodes that a reader should be sent to: the living ones with a whole copy.</summary>
    public IReadOnlyList<string> Locations(Block block) =>
        [.. block.Replicas.Where(r => !r.IsDamaged && Replicator.Living.Contains(r.Node)).Select(r => r.Node)];

    /// <summary>The file of a whole copy of a block, on a node or, if that is null, on any.</summary>
    /// <returns>Null if there is none.</returns>
    public string? FileOf(Block block, string? node) => Locations(block).FirstOrDefault(n => n == (node ?? n)) is { } holder
        ? Path.GetFullPath(_files.PathOf(holder, block.Id)) : null;

    public bool Delete(string path, bool recursive)
    {
        var deleted = Names.Delete(path, recursive, out var blocks);
        Delete(blocks);
        return deleted;
    }

    public void RenameExactly(string path, string destination, bool overwrite)
    {
        Names.RenameExactly(path, destination, overwrite, out var replaced);
        Delete(replaced);
    }

    public void SetReplication(Inode file, int replication)
    {
        Names.SetAttributes(file, replication: replication);
        Replicator.Wake();
    }

    public void Dispose() => Names.Dispose();

    private async Task CopyAsync(Block block, long from, long until, PipeWriter to, CancellationToken stop)
    {
        var contents = Names.Contents(block.Id) ?? throw new IOException($"block {block.Id} was deleted meanwhile");
        var living = Locations(block);
        // Last come the copies of dead nodes and those known to be damaged: parts of them may be right.
        using var reader = _files.Open(contents,
            [.. living, .. block.Replicas.OrderBy(r => r.IsDamaged).Select(r => r.Node).Except(living)]);
        try
        {
            while (from < until)
            {
                var start = from - (from % BlockFiles.ChunkBytes);
                var size = (int)Math.Min(ReadBytes, contents.Length - start);
                var memory = to.GetMemory(size)[..size];
                reader.Read(start, memory.Span);
                var wanted = memory[(int)(from - start)..(int)Math.Min(size, until - start)];
                if (from > start)
                    wanted.CopyTo(memory);
                to.Advance(wanted.Length);
                from += wanted.Length;
                if ((await to.FlushAsync(stop)).IsCompleted)
                    return;
            }
        }
        finally
        {
            Replicator.ReportDamage(block.Id, reader.Damaged);
        }
    }

    /// <param name="replacedBytes">
    /// What its directories need not hold any longer then, with all copies; null if they will hold no more than before.
    /// </param>
    private async Task<List<WrittenBlock>> WriteBlocksAsync(
        string path, Stream from, long blockSize, int replication, long? replacedBytes, CancellationToken stop)
    {
        List<WrittenBlock> blocks = [];
        var first = Interlocked.Increment(ref _filesWritten);
        var run = new BlockFiles.Run();
        try
        {
            while (true)
            {
                // Not only at the end, so that what does not fit is not all written first.
                if (replacedBytes is { } less)
                    Names.DemandRoom(path, (blocks.Sum(b => b.Length) * replication) - less);
                await run.FillAsync(from, blockSize, stop);
                if (run.Length == 0)
                    return blocks;
                var nodes = NodesFor(first + blocks.Count);
                blocks.Add(await _files.WriteAsync(Names.NextBlockId(), nodes.GetRange(0, Math.Min(replication, nodes.Count)),
                    nodes[Math.Min(replication, nodes.Count)..], run, from, blockSize, stop));
            }
        }
        catch (BlockCopies.NoNodeException e)
        {
            Delete(blocks);
            throw new IOException($"File {path} {e.Message}", e);
        }
        catch
        {
            Delete(blocks);
            throw;
        }
    }

    /// <summary>Living nodes in turn: neighbouring blocks of a file, and neighbouring files, begin on different ones.</summary>
    private List<string> NodesFor(int turn)
    {
        var living = Replicator.Living;
        var nodes = living.Count == 0 ? _options.Nodes : [.. _options.Nodes.Where(living.Contains)];
        return [.. Enumerable.Range(0, nodes.Count).Select(i => nodes[(int)((uint)(turn + i) % nodes.Count)])];
    }

    private bool Keep(List<WrittenBlock> blocks, int replication, Func<bool> add)
    {
        var kept = false;
        try
        {
            kept = add();
        }
        finally
        {
            if (!kept)
                Delete(blocks);
        }
        if (kept && blocks.Exists(b => b.Nodes.Count < replication || b.Nodes.Any(n => !Replicator.Living.Contains(n))))
            Replicator.Wake();
        return kept;
    }

    private void Delete(List<WrittenBlock> blocks)
    {
        foreach (var block in blocks)
            _files.Delete(block.Id, block.Nodes);
    }

    private void Delete(IReadOnlyList<Block> blocks)
    {
        foreach (var block in blocks)
            _files.Delete(block.Id, block.Replicas.Select(r => r.Node));
    }
}
