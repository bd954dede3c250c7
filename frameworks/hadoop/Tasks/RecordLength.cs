using System.Runtime.CompilerServices;

namespace Agora.Hadoop.Tasks;

/// <summary>Lengths before records: 7-bit groups, low ones first, the top bit set where another follows.</summary>
internal static class RecordLength
{
    public const int BytesMax = 5;

    /// <summary>Bytes used.</summary>
    public static int Write(Span<byte> to, int length)
    {
        var rest = (uint)length;
        var used = 0;
        for (; rest >= 0x80; rest >>= 7)
            to[used++] = (byte)(rest | 0x80);
        to[used++] = (byte)rest;
        return used;
    }

    /// <summary>The first length of an encoded record: its key's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int First(ReadOnlySpan<byte> record)
    {
        fixed (byte* first = record)
        {
            var at = first;
            return Read(ref at);
        }
    }

    /// <summary>Reads a length that is there as a whole, and moves on past it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int Read(ref byte* from)
    {
        uint b = *from++;
        if (b < 0x80)
            return (int)b;
        var length = b & 0x7f;
        for (var shift = 7; ; shift += 7)
        {
            b = *from++;
            length |= (b & 0x7f) << shift;
            if (b < 0x80)
                return (int)length;
        }
    }
}
