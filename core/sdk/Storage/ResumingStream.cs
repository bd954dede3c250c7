namespace Agora.Storage;

/// <summary>
/// Reads a stream that can be opened at any offset, and opens it anew where it broke off. Gives up after some breaks
/// in a row without a byte in between.
/// </summary>
/// <param name="stream">Open at the start.</param>
/// <param name="reopen">Opens what is left behind a number of bytes.</param>
internal sealed class ResumingStream(Stream stream, Func<long, CancellationToken, Task<Stream>> reopen) : Stream
{
    private const int BreaksMax = 3;

    private Stream _stream = stream;
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
                return Advanced(_stream.Read(buffer));
            }
            catch (IOException) when (_breaks++ < BreaksMax)
            {
                _stream.Dispose();
                _stream = reopen(_position, CancellationToken.None).GetAwaiter().GetResult();
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return Advanced(await _stream.ReadAsync(buffer, cancellationToken));
            }
            catch (IOException) when (_breaks++ < BreaksMax)
            {
                await _stream.DisposeAsync();
                _stream = await reopen(_position, cancellationToken);
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
            _stream.Dispose();
        base.Dispose(disposing);
    }

    private int Advanced(int read)
    {
        _position += read;
        if (read > 0)
            _breaks = 0;
        return read;
    }
}
