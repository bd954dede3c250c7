using Microsoft.Win32.SafeHandles;

namespace Agora.Storage;

/// <summary>
/// Reads a part of a block from the file of its copy on this machine. What it gives has been checked; where the copy is
/// not what was written, it throws <see cref="IOException"/>.
/// </summary>
internal sealed class LocalBlockStream : Stream
{
    /// <summary>How many chunks are read and checked at once at most.</summary>
    private const int ChunksAtOnceMax = 16;

    private readonly SafeFileHandle _file;
    private readonly WireLocalBlock _block;
    private readonly long _end;
    private readonly byte[] _checksums;
    private long _position;

    /// <summary>The chunk a read began or ended in the middle of; allocated when there is one.</summary>
    private byte[]? _chunk;
    private long _chunkStart = -1;

    private LocalBlockStream(SafeFileHandle file, WireLocalBlock block, long position, long length)
    {
        _file = file;
        _block = block;
        _position = position;
        _end = position + length;
        _checksums = Convert.FromBase64String(block.Checksums!);
    }

    /// <summary>Null if there is no copy that this user can open.</summary>
    /// <param name="offset">Where to begin, in the file the block is of.</param>
    public static LocalBlockStream? Open(WireLocalBlock block, long offset, long length)
    {
        if (block.Path is null)
            return null;
        try
        {
            return new LocalBlockStream(File.OpenHandle(block.Path), block, offset - block.Offset, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(Math.Min(buffer.Length, ChunksAtOnceMax * _block.ChunkBytes), _end - _position);
        if (wanted == 0)
            return 0;
        var inChunk = (int)(_position % _block.ChunkBytes);
        // Whole chunks go where they are wanted; the block's last one is whole at the block's end.
        var whole = _position + wanted == _block.Length ? wanted : wanted - (wanted % _block.ChunkBytes);
        if (inChunk == 0 && whole > 0)
        {
            Fill(_position, buffer[..whole]);
            _position += whole;
            return whole;
        }
        var start = _position - inChunk;
        var size = (int)Math.Min(_block.ChunkBytes, _block.Length - start);
        _chunk ??= new byte[_block.ChunkBytes];
        if (start != _chunkStart)
        {
            Fill(start, _chunk.AsSpan(0, size));
            _chunkStart = start;
        }
        var taken = Math.Min(wanted, size - inChunk);
        _chunk.AsSpan(inChunk, taken).CopyTo(buffer);
        _position += taken;
        return taken;
    }

    /// <remarks>Blocks are mostly in memory, so that a thread to wait for them would cost more than the wait.</remarks>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads whole chunks.</summary>
    private void Fill(long from, Span<byte> bytes)
    {
        for (var read = 0; read < bytes.Length;)
        {
            var more = RandomAccess.Read(_file, bytes[read..], from + read);
            if (more == 0)
                throw new IOException($"{_block.Path} is shorter than it was written");
            read += more;
        }
        Span<byte> sums = stackalloc byte[Crc32C.SumBytes(bytes.Length, _block.ChunkBytes)];
        Crc32C.OfChunks(bytes, _block.ChunkBytes, sums);
        var entry = (int)(from / _block.ChunkBytes) * sizeof(uint);
        if (!sums.SequenceEqual(_checksums.AsSpan(entry, sums.Length)))
            throw new IOException($"{_block.Path} is not what was written");
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
