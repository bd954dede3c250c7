using System.Runtime.InteropServices;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Bytes outside of the managed heap, whose number can change. What a long record needs is had without a copy of what is
/// there, takes memory only as it is filled, and is given back at once rather than with the next full collection.
/// </summary>
internal sealed unsafe class GrowingBuffer : IDisposable
{
    private byte* _bytes;

    public GrowingBuffer(int length) => Resize(length);

    ~GrowingBuffer() => Free();

    public int Length { get; private set; }

    /// <summary>Valid until the next <see cref="Resize"/>.</summary>
    public Span<byte> Bytes => new(_bytes, Length);

    /// <summary>Bytes up to the smaller of both lengths stay; others are undefined.</summary>
    public void Resize(int length)
    {
        _bytes = (byte*)NativeMemory.Realloc(_bytes, (nuint)length);
        Length = length;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
        Length = 0;
    }
}
