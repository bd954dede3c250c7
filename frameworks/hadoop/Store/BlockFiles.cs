using System.Buffers.Binary;
using Agora.Storage;

namespace Agora.Hadoop.Store;

/// <summary>
/// The nodes' directories of blocks: <c>(root)/(node)/blocks/blk_(id)</c> and beside each a <c>.crc</c> with the
/// CRC-32C of every 64 KiB. A block is never changed once written; every read is checked, and a damaged copy is passed
/// over for another.
/// </summary>
internal sealed class BlockFiles(string root)
{
    private const int ChunkBytes = 64 << 10;
    private const string Prefix = "blk_", ChecksumSuffix = ".crc";

    /// <summary>Writes up to <paramref name="blockSize"/> bytes to each of the nodes, and to their disks.</summary>
    /// <param name="first">Bytes already read from the stream, at most a chunk of them.</param>
    /// <returns>How many bytes the block has.</returns>
    public async Task<long> WriteAsync(long id, IReadOnlyList<string> nodes, Chunk first, Stream from, long blockSize,
        CancellationToken stop)
    {
        var files = new List<FileStream>();
        var checksums = new MemoryStream();
        var entry = new byte[sizeof(uint)];
        var length = 0L;
        try
        {
            foreach (var node in nodes)
                files.Add(new FileStream(PathOf(node, id), FileMode.Create, FileAccess.Write, FileShare.None, 0));
            for (var chunk = first; chunk.Length > 0;)
            {
                BinaryPrimitives.WriteUInt32BigEndian(entry, Crc32C.Of(chunk.Bytes.Span));
                checksums.Write(entry);
                foreach (var file in files)
                    await file.WriteAsync(chunk.Bytes, stop);
                length += chunk.Length;
                if (length == blockSize)
                    break;
                await chunk.FillAsync(from, blockSize - length, stop);
            }
            foreach (var file in files)
                file.Flush(flushToDisk: true);
        }
        finally
        {
            foreach (var file in files)
                await file.DisposeAsync();
        }
        foreach (var node in nodes)
            await File.WriteAllBytesAsync(PathOf(node, id) + ChecksumSuffix, checksums.ToArray(), stop);
        return length;
    }

    /// <summary>Copies a part of a block to a stream.</summary>
    /// <exception cref="IOException">No copy of some part is whole.</exception>
    public async Task CopyAsync(long id, IReadOnlyList<string> nodes, long blockLength, long offset, long length,
        Stream to, CancellationToken stop)
    {
        var chunk = new byte[ChunkBytes];
        var end = offset + length;
        for (var number = offset / ChunkBytes; number * ChunkBytes < end; number++)
        {
            var start = number * ChunkBytes;
            var size = (int)Math.Min(ChunkBytes, blockLength - start);
            if (!await nodes.AnyAsync(node => ReadAsync(node, id, number, chunk.AsMemory(0, size), stop)))
                throw new IOException($"no whole copy of block {id} is left on {string.Join(", ", nodes)}");
            var from = (int)Math.Max(0, offset - start);
            await to.WriteAsync(chunk.AsMemory(from, (int)Math.Min(size, end - start) - from), stop);
        }
    }

    public void Delete(long id, IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
        {
            File.Delete(PathOf(node, id));
            File.Delete(PathOf(node, id) + ChecksumSuffix);
        }
    }

    public void MakeDirectories(IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
            Directory.CreateDirectory(DirectoryOf(node));
    }

    /// <summary>Removes files that belong to no block of the namespace: what a crash left half written.</summary>
    public void RemoveStrays(IEnumerable<string> nodes, IReadOnlySet<long> known)
    {
        foreach (var node in nodes)
        {
            foreach (var file in Directory.EnumerateFiles(DirectoryOf(node), Prefix + "*"))
            {
                var name = Path.GetFileNameWithoutExtension(file)[Prefix.Length..];
                if (!long.TryParse(name, out var id) || !known.Contains(id))
                    File.Delete(file);
            }
        }
    }

    private async Task<bool> ReadAsync(string node, long id, long number, Memory<byte> chunk, CancellationToken stop)
    {
        try
        {
            using var file = File.OpenHandle(PathOf(node, id));
            using var checksums = File.OpenHandle(PathOf(node, id) + ChecksumSuffix);
            var entry = new byte[sizeof(uint)];
            var read = 0;
            while (read < chunk.Length)
            {
                var more = await RandomAccess.ReadAsync(file, chunk[read..], (number * ChunkBytes) + read, stop);
                if (more == 0)
                    return false;
                read += more;
            }
            return RandomAccess.Read(checksums, entry, number * sizeof(uint)) == entry.Length &&
                BinaryPrimitives.ReadUInt32BigEndian(entry) == Crc32C.Of(chunk.Span);
        }
        catch (IOException)
        {
            // A copy that is missing or cannot be read is as good as a damaged one.
            return false;
        }
    }

    private string DirectoryOf(string node) => Path.Combine(root, node, "blocks");

    private string PathOf(string node, long id) => Path.Combine(DirectoryOf(node), $"{Prefix}{id}");

    /// <summary>A buffer of one chunk and what is in it.</summary>
    internal sealed class Chunk
    {
        private readonly byte[] _buffer = new byte[ChunkBytes];

        public int Length { get; private set; }
        public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

        /// <summary>Reads as much as fits and is allowed; leaves nothing in it only at the stream's end.</summary>
        public async Task FillAsync(Stream from, long bytesMax, CancellationToken stop) => Length =
            await from.ReadAtLeastAsync(_buffer.AsMemory(0, (int)Math.Min(ChunkBytes, bytesMax)),
                (int)Math.Min(ChunkBytes, bytesMax), throwOnEndOfStream: false, stop);
    }
}

internal static class AnyAsyncExtension
{
    /// <summary>True as soon as one of them, tried in order, says so.</summary>
    public static async Task<bool> AnyAsync(this IReadOnlyList<string> list, Func<string, Task<bool>> test)
    {
        foreach (var item in list)
            if (await test(item))
                return true;
        return false;
    }
}
