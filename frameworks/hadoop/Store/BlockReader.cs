using Agora.Storage;
using Microsoft.Win32.SafeHandles;

namespace Agora.Hadoop.Store;

/// <summary>
/// Reads one block, checking every chunk, from the first of its copies that is whole there. Copies that are found
/// damaged or missing on the way are noted. One thread.
/// </summary>
internal sealed class BlockReader(BlockContents block, IReadOnlyList<string> nodes, Func<string, SafeFileHandle> open)
    : IDisposable
{
    private readonly SafeFileHandle?[] _files = new SafeFileHandle?[nodes.Count];
    private readonly HashSet<string> _damaged = [];

    public BlockContents Block { get; } = block;

    /// <summary>Nodes whose copies were not what was written.</summary>
    public IReadOnlySet<string> Damaged => _damaged;

    /// <summary>Fills <paramref name="bytes"/>, which begin and end at chunks' borders or at the block's end.</summary>
    /// <exception cref="IOException">No copy of some chunk is whole.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        for (var i = 0; i < nodes.Count; i++)
            if (TryRead(i, offset, bytes))
                return;
        if (bytes.Length <= BlockFiles.ChunkBytes)
            throw new IOException($"no whole copy of block {Block.Id} is left on {string.Join(", ", nodes)}");
        // No copy has all of it, but each chunk may be whole in one of them.
        for (var at = 0; at < bytes.Length; at += BlockFiles.ChunkBytes)
            Read(offset + at, bytes.Slice(at, Math.Min(BlockFiles.ChunkBytes, bytes.Length - at)));
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file?.Dispose();
    }

    private bool TryRead(int node, long offset, Span<byte> bytes)
    {
        try
        {
            var file = _files[node] ??= open(nodes[node]);
            for (var read = 0; read < bytes.Length;)
            {
                var more = RandomAccess.Read(file, bytes[read..], offset + read);
                if (more == 0)
                    return Refuse(node);
                read += more;
            }
            Span<byte> sums = stackalloc byte[Crc32C.SumBytes(bytes.Length, BlockFiles.ChunkBytes)];
            Crc32C.OfChunks(bytes, BlockFiles.ChunkBytes, sums);
            var entry = (int)(offset / BlockFiles.ChunkBytes) * sizeof(uint);
            return sums.SequenceEqual(Block.Checksums.AsSpan(entry, sums.Length)) || Refuse(node);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A copy that is missing or cannot be read is as good as a damaged one.
            return Refuse(node);
        }
    }

    private bool Refuse(int node)
    {
        _damaged.Add(nodes[node]);
        return false;
    }
}
