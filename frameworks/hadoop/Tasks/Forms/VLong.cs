using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>Hadoop's variable form of lengths: up to 127 a byte; else how many bytes follow, then those, high ones first.</summary>
internal static class VLong
{
    public const int BytesMax = 5;

    /// <returns>How many bytes it took.</returns>
    public static int Write(int length, Span<byte> to)
    {
        if (length <= 127)
        {
            to[0] = (byte)length;
            return 1;
        }
        var bytes = length > 0xffffff ? 4 : length > 0xffff ? 3 : length > 0xff ? 2 : 1;
        to[0] = unchecked((byte)(sbyte)(-112 - bytes));
        for (var i = 0; i < bytes; i++)
            to[1 + i] = (byte)(length >> (8 * (bytes - 1 - i)));
        return 1 + bytes;
    }

    public static void Write(int length, ByteBuffer to) => to.Advance(Write(length, to.GetSpan(BytesMax)));
}
