using System.Buffers.Binary;
using System.Numerics;

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

    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(Start, bytes);
}
