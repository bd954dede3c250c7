using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Agora.Spark.Records;

/// <summary>
/// Records packed together: its length packed, then unpacked, then how many records, each in 4 bytes, a checksum of all
/// else in 8, and the packed records; as they are if packing does not make them less. Can be read by itself.
/// </summary>
internal static class Piece
{
    public const int HeadBytes = 20;

    private const int ChecksumAt = 12;

    public static ReadOnlySpan<byte> EndMark => End;

    private static readonly byte[] End = MakeEnd();

    /// <summary>Room for a piece of so many bytes of records.</summary>
    public static int RoomFor(int recordBytes) => checked(HeadBytes + Math.Max(recordBytes, LZ4Codec.MaximumOutputSize(recordBytes)));

    /// <returns>The piece's length.</returns>
    public static int Pack(ReadOnlySpan<byte> records, int count, Span<byte> to)
    {
        var body = to[HeadBytes..];
        var packed = LZ4Codec.Encode(records, body);
        if (packed <= 0 || packed >= records.Length)
        {
            records.CopyTo(body);
            packed = records.Length;
        }
        WriteHead(to, packed, records.Length, count);
        return HeadBytes + packed;
    }

    public static (int Packed, int Unpacked, int Count, ulong Checksum) ReadHead(ReadOnlySpan<byte> head) =>
        (BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[8..]), BinaryPrimitives.ReadUInt64LittleEndian(head[ChecksumAt..]));

    public static ulong ChecksumOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => XxHash.Of(body, XxHash.Of(head[..ChecksumAt], 0));

    private static byte[] MakeEnd()
    {
        var end = new byte[HeadBytes];
        WriteHead(end, 0, 0, 0);
        return end;
    }

    private static void WriteHead(Span<byte> to, int packed, int unpacked, int count)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, packed);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], unpacked);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], count);
        BinaryPrimitives.WriteUInt64LittleEndian(to[ChecksumAt..], ChecksumOf(to, to.Slice(HeadBytes, packed)));
    }
}
