using System.Buffers.Binary;

namespace Agora.Hadoop.Tasks;

/// <summary>Compares two keys by their bytes.</summary>
internal delegate int KeyComparison(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b);

/// <summary>How keys are sorted: by unsigned bytes, shorter first, or as a comparison of the job's says.</summary>
internal sealed class KeyOrder(KeyComparison? comparison)
{
    public static readonly KeyOrder Bytes = new((KeyComparison?)null);

    /// <summary>By parts of the keys.</summary>
    public KeyOrder(KeyFields fields) : this(fields.Compare)
    {
    }

    /// <summary>True if the bytes alone decide.</summary>
    public bool IsByBytes => comparison is null;

    /// <summary>A number that orders as the key does where it differs; equal numbers say nothing.</summary>
    public ulong Prefix(ReadOnlySpan<byte> key) => comparison is null ? PrefixOf(key) : 0;

    public int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        comparison is null ? a.SequenceCompareTo(b) : comparison(a, b);

    /// <summary>The first eight bytes, with zeros behind a shorter key.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
