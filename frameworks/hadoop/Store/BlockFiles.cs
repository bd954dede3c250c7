using Agora.Storage;
using Microsoft.Win32.SafeHandles;

namespace Agora.Hadoop.Store;

/// <summary>
/// The nodes' directories of blocks: <c>(root)/(node)/blocks/blk_(id)</c>. A block is never changed once written. Its
/// checksums, the CRC-32C of every 64 KiB, big-endian, are kept with the namespace; every read is checked by them.
/// </summary>
/// <param name="syncOnClose">A block is on the disk, not only with the system, before it counts as written.</param>
internal sealed class BlockFiles(string root, bool syncOnClose)
{
    public const int ChunkBytes = 64 << 10;

    private const string Prefix = "blk_", UnfinishedSuffix = ".new";

    /// <summary>How much is read and written at once; a multiple of the chunk.</summary>
    private const int RunBytes = 4 * ChunkBytes;

    /// <summary>
    /// Writes up to <paramref name="blockSize"/> bytes to each of the nodes. A node whose disk refuses them gives its
    /// place, with what it has so far, to one of the others; when none is left, the block has fewer copies.
    /// </summary>
    /// <param name="others">Nodes that may take the place of one, the best first.</param>
    /// <param name="run">Filled already, and not empty.</param>
    /// <exception cref="BlockCopies.NoNodeException">No node takes it. Nothing of the block is left.</exception>
    public async Task<WrittenBlock> WriteAsync(long id, IReadOnlyList<string> nodes, IReadOnlyList<string> others, Run run,
        Stream from, long blockSize, CancellationToken stop)
    {
        var checksums = new MemoryStream();
        var length = 0L;
        using var copies = new BlockCopies(node => PathOf(node, id), nodes, others);
        while (run.Length > 0)
        {
            AppendChecksums(checksums, run.Bytes.Span);
            // The page cache takes it at once; a task on the pool for it would cost more than the write.
            copies.Write(run.Bytes.Span, length);
            length += run.Length;
            if (length == blockSize)
                break;
            await run.FillAsync(from, blockSize - length, stop);
        }
        if (syncOnClose)
            copies.Sync(length);
        return new WrittenBlock(id, length, checksums.ToArray(), copies.Finish());
    }

    private void Sync(SafeFileHandle file)
    {
        if (syncOnClose)
            RandomAccess.FlushToDisk(file);
    }

    /// <summary>Opens a block's copies, to be read in the given order of nodes.</summary>
    public BlockReader Open(BlockContents block, IReadOnlyList<string> nodes) =>
        new(block, nodes, node => File.OpenHandle(PathOf(node, block.Id)));

    /// <summary>Copies a block to a node, where it appears once it is whole.</summary>
    /// <exception cref="IOException">No copy of some part is whole, or the node's disk fails.</exception>
    public void Copy(BlockReader from, string to)
    {
        var path = PathOf(to, from.Block.Id);
        var unfinished = path + UnfinishedSuffix;
        try
        {
            using (var file = File.OpenHandle(unfinished, FileMode.Create, FileAccess.Write))
            {
                var buffer = new byte[RunBytes];
                for (var at = 0L; at < from.Block.Length; at += RunBytes)
                {
                    var bytes = buffer.AsSpan(0, (int)Math.Min(RunBytes, from.Block.Length - at));
                    from.Read(at, bytes);
                    RandomAccess.Write(file, bytes, at);
                }
                Sync(file);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    public void Delete(long id, IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
            File.Delete(PathOf(node, id));
    }

    public void MakeDirectories(IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
            Directory.CreateDirectory(DirectoryOf(node));
    }

    /// <summary>
    /// Compares a node's directory with what it is to hold: removes files that belong to no block, which are what a crash
    /// left half written, and names the copies that are missing or too short or long.
    /// </summary>
    /// <param name="expected">Lengths of blocks in bytes, by id.</param>
    public IReadOnlyList<long> Sweep(string node, IReadOnlyDictionary<long, long> expected)
    {
        var sound = new HashSet<long>();
        foreach (var file in new DirectoryInfo(DirectoryOf(node)).EnumerateFiles(Prefix + "*"))
        {
            if (!long.TryParse(file.Name.AsSpan(Prefix.Length), out var id) || !expected.TryGetValue(id, out var length))
                file.Delete();
            else if (file.Length == length)
                sound.Add(id);
        }
        return [.. expected.Keys.Where(id => !sound.Contains(id))];
    }

    /// <summary>Total and free bytes of the disk below a node's directory.</summary>
    public (long Capacity, long Free) Disk(string node)
    {
        var drive = new DriveInfo(DirectoryOf(node));
        return (drive.TotalSize, drive.AvailableFreeSpace);
    }

    private static void AppendChecksums(MemoryStream checksums, ReadOnlySpan<byte> bytes)
    {
        Span<byte> sums = stackalloc byte[Crc32C.SumBytes(bytes.Length, ChunkBytes)];
        Crc32C.OfChunks(bytes, ChunkBytes, sums);
        checksums.Write(sums);
    }

    private string DirectoryOf(string node) => Path.Combine(root, node, "blocks");

    public string PathOf(string node, long id) => Path.Combine(DirectoryOf(node), $"{Prefix}{id}");

    /// <summary>A buffer of some chunks and what is in it.</summary>
    internal sealed class Run
    {
        private readonly byte[] _buffer = new byte[RunBytes];

        public int Length { get; private set; }
        public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

        /// <summary>Reads as much as fits and is allowed; leaves nothing in it only at the stream's end.</summary>
        public async Task FillAsync(Stream from, long bytesMax, CancellationToken stop)
        {
            var size = (int)Math.Min(RunBytes, bytesMax);
            Length = await from.ReadAtLeastAsync(_buffer.AsMemory(0, size), size, throwOnEndOfStream: false, stop);
        }
    }
}
