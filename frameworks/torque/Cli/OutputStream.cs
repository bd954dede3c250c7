using System.Runtime.InteropServices;

namespace Agora.Torque.Cli;

/// <summary>
/// Standard output or error as it is. The console's own streams would send a terminal sequences that turn its keypad on,
/// and take longer to begin than a whole <c>qsub</c>.
/// </summary>
/// <param name="isLastResort">Where it cannot be written, nobody can be told.</param>
internal sealed partial class OutputStream(int descriptor, bool isLastResort = false) : Stream
{
    private const int Interrupted = 4, TryAgain = 11, BrokenPipe = 32;

    private bool _isClosed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">It cannot be written. A reader who has seen enough is none.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty && !_isClosed)
        {
            var written = Write(descriptor, buffer, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted: break;
                case TryAgain: Thread.Yield(); break;
                case var error when error == BrokenPipe || isLastResort: _isClosed = true; break;
                case var error: throw new IOException($"the output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint length);
}
