using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Agora.Storage;

/// <summary>The CRC-32C of bytes, by the processor's own instruction where it has one.</summary>
public static class Crc32C
{
    public const uint Start = uint.MaxValue;

    /// <summary>Goes on from <see cref="Start"/> or an earlier result; complement the last one.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    /// <summary>The checksum of each chunk, big-endian; the last chunk may be shorter.</summary>
    /// <param name="sums">Takes four bytes for each chunk.</param>
    public static void OfChunks(ReadOnlySpan<byte> bytes, int chunkBytes, Span<byte> sums)
    {
        while (bytes.Length >= 2 * chunkBytes)
        {
            OfTwo(bytes[..chunkBytes], bytes.Slice(chunkBytes, chunkBytes), sums);
            bytes = bytes[(2 * chunkBytes)..];
            sums = sums[(2 * sizeof(uint))..];
        }
        for (; bytes.Length > 0; sums = sums[sizeof(uint)..])
        {
            var chunk = bytes[..Math.Min(chunkBytes, bytes.Length)];
            BinaryPrimitives.WriteUInt32BigEndian(sums, Of(chunk));
            bytes = bytes[chunk.Length..];
        }
    }

    /// <summary>How many bytes the checksums of the chunks of so many bytes take.</summary>
    public static int SumBytes(int bytes, int chunkBytes) => ((bytes + chunkBytes - 1) / chunkBytes) * sizeof(uint);

    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(Start, bytes);

    /// <summary>Each step of a checksum waits for the one before, so the processor does those of two in the same time.</summary>
    private static void OfTwo(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> sums)
    {
        var (a, b) = (Start, Start);
        var whole = first.Length - (first.Length % sizeof(ulong));
        var words = MemoryMarshal.Cast<byte, ulong>(first[..whole]);
        var others = MemoryMarshal.Cast<byte, ulong>(second[..whole]);
        for (var i = 0; i < words.Length && i < others.Length; i++)
        {
            a = BitOperations.Crc32C(a, words[i]);
            b = BitOperations.Crc32C(b, others[i]);
        }
        BinaryPrimitives.WriteUInt32BigEndian(sums, ~Append(a, first[whole..]));
        BinaryPrimitives.WriteUInt32BigEndian(sums[sizeof(uint)..], ~Append(b, second[whole..]));
    }
}
