namespace Agora.Hadoop.Store;

/// <summary>
/// The embedded store: files cut into blocks, whose copies are spread over the nodes in turn. A file appears in the
/// namespace once all its blocks are on disk; whatever a crash leaves of others is swept up at the next start.
/// </summary>
internal sealed class EmbeddedStore : IDisposable
{
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly BlockFiles _files;
    private long _lastBlock;
    private int _filesWritten;

    public EmbeddedStore(StoreOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Directory.CreateDirectory(options.Root);
        Names = new Namespace(Path.Combine(options.Root, "namespace.db"), time);
        _files = new BlockFiles(options.Root);
        _files.MakeDirectories(options.Nodes);
        var known = Names.BlockIds();
        _files.RemoveStrays(options.Nodes, known);
        _lastBlock = known.DefaultIfEmpty(0).Max();
        // Where the next file begins its turn; carries on about where the last run of the store left off.
        _filesWritten = (int)(_lastBlock % options.Nodes.Count);
    }

    public Namespace Names { get; }

    /// <summary>Writes a file from a stream.</summary>
    /// <returns>False if something that may not be replaced is there.</returns>
    public async Task<bool> CreateAsync(string path, Stream from, bool overwrite, long blockSize, int replication,
        string permission, string owner, CancellationToken stop)
    {
        if (Names.Find(path) is { } there && (there.IsDirectory || !overwrite))
            return false;
        var blocks = await WriteBlocksAsync(from, blockSize, replication, stop);
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var file = new Inode(0, "", false, blocks.Sum(b => b.Length), blockSize, replication, now, now, permission,
            owner, _options.Group);
        return Keep(blocks, () =>
        {
            var added = Names.AddFile(path, file, blocks, overwrite, out var replaced);
            Delete(replaced);
            return added;
        });
    }

    /// <summary>Adds to the end of a file, in new blocks. False if it changed meanwhile.</summary>
    public async Task<bool> AppendAsync(Inode file, Stream from, CancellationToken stop)
    {
        var blocks = await WriteBlocksAsync(from, file.BlockSizeBytes, file.Replication, stop);
        return Keep(blocks, () => Names.Append(file, blocks));
    }

    public async Task CopyAsync(Inode file, long offset, long length, Stream to, CancellationToken stop)
    {
        var end = offset + length;
        foreach (var block in Names.Blocks(file))
        {
            var from = Math.Max(offset, block.Offset) - block.Offset;
            var until = Math.Min(end, block.Offset + block.Length) - block.Offset;
            if (from < until)
                await _files.CopyAsync(block.Id, block.Nodes, block.Length, from, until - from, to, stop);
        }
    }

    public bool Delete(string path, bool recursive)
    {
        var deleted = Names.Delete(path, recursive, out var blocks);
        Delete(blocks);
        return deleted;
    }

    public void Dispose() => Names.Dispose();

    private async Task<List<Block>> WriteBlocksAsync(Stream from, long blockSize, int replication, CancellationToken stop)
    {
        List<Block> blocks = [];
        var first = Interlocked.Increment(ref _filesWritten);
        var chunk = new BlockFiles.Chunk();
        var offset = 0L;
        try
        {
            while (true)
            {
                await chunk.FillAsync(from, blockSize, stop);
                if (chunk.Length == 0)
                    return blocks;
                var nodes = NodesFor(first + blocks.Count, replication);
                var id = Interlocked.Increment(ref _lastBlock);
                blocks.Add(new Block(id, offset, 0, nodes));
                var length = await _files.WriteAsync(id, nodes, chunk, from, blockSize, stop);
                blocks[^1] = blocks[^1] with { Length = length };
                offset += length;
            }
        }
        catch
        {
            Delete(blocks);
            throw;
        }
    }

    /// <summary>Nodes in turn: neighbouring blocks of a file, and neighbouring files, begin on different ones.</summary>
    private List<string> NodesFor(int turn, int replication) =>
        [.. Enumerable.Range(0, Math.Min(replication, _options.Nodes.Count))
            .Select(copy => _options.Nodes[(int)((uint)(turn + copy) % _options.Nodes.Count)])];

    private bool Keep(List<Block> blocks, Func<bool> add)
    {
        var kept = false;
        try
        {
            return kept = add();
        }
        finally
        {
            if (!kept)
                Delete(blocks);
        }
    }

    private void Delete(IReadOnlyList<Block> blocks)
    {
        foreach (var block in blocks)
            _files.Delete(block.Id, block.Nodes);
    }
}
