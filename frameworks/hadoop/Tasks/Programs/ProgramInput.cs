namespace Agora.Hadoop.Tasks.Programs;

/// <summary>A program's standard input. Whatever a write to it fails with, the program has closed it.</summary>
internal sealed class ProgramInput(Stream pipe) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="InputClosedException">The program wants no more.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            pipe.Write(buffer);
        }
        catch (IOException e)
        {
            throw new InputClosedException(e);
        }
    }

    public override void Flush()
    {
        // Nothing is held back here.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>A program has closed its standard input, or has ended.</summary>
internal sealed class InputClosedException(Exception inner) : Exception("the program reads no more", inner);
