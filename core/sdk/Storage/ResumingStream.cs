namespace Agora.Storage;

/// <summary>A stretch of a file.</summary>
/// <param name="IsLast">Nothing of what was asked for comes after it.</param>
internal readonly record struct FilePart(Stream Stream, bool IsLast);

/// <summary>
/// Reads a file part by part, and opens a part anew where it broke off: from a local copy that is damaged, it goes on
/// with what the store sends. Gives up after some breaks in a row without a byte in between.
/// </summary>
/// <param name="first">Open at the start.</param>
/// <param name="open">Opens the part behind a number of bytes; false asks for none from this machine's files.</param>
internal sealed class ResumingStream(FilePart first, Func<long, bool, CancellationToken, Task<FilePart>> open) : Stream
{
    private const int BreaksMax = 3;

    private FilePart _part = first;
    private long _position;
    private int _breaks;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            try
            {
                var read = Advanced(_part.Stream.Read(buffer));
                if (read > 0 || buffer.IsEmpty || _part.IsLast)
                    return read;
                GoOnAsync(mayBeLocal: true, CancellationToken.None).GetAwaiter().GetResult();
            }
            catch (IOException) when (_breaks++ < BreaksMax)
            {
                GoOnAsync(mayBeLocal: false, CancellationToken.None).GetAwaiter().GetResult();
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var read = Advanced(await _part.Stream.ReadAsync(buffer, cancellationToken));
                if (read > 0 || buffer.IsEmpty || _part.IsLast)
                    return read;
                await GoOnAsync(mayBeLocal: true, cancellationToken);
            }
            catch (IOException) when (_breaks++ < BreaksMax)
            {
                await GoOnAsync(mayBeLocal: false, cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _part.Stream.Dispose();
        base.Dispose(disposing);
    }

    private async Task GoOnAsync(bool mayBeLocal, CancellationToken stop)
    {
        await _part.Stream.DisposeAsync();
        _part = await open(_position, mayBeLocal, stop);
    }

    private int Advanced(int read)
    {
        _position += read;
        if (read > 0)
            _breaks = 0;
        return read;
    }
}
