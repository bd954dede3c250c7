using System.Buffers.Binary;

namespace Agora.Hadoop.Tasks;

/// <summary>How keys are sorted: by unsigned bytes, shorter first, or by parts of them.</summary>
internal sealed class KeyOrder(KeyFields? fields)
{
    public static readonly KeyOrder Bytes = new(null);

    /// <summary>A number that orders as the key does where it differs; equal numbers say nothing.</summary>
    public ulong Prefix(ReadOnlySpan<byte> key)
    {
        if (fields is not null)
            return 0;
        if (key.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    public int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        fields is null ? a.SequenceCompareTo(b) : fields.Compare(a, b);
}
