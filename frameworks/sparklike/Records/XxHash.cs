using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agora.Spark.Records;

/// <summary>xxHash64 (Y. Collet) of keys' canonical bytes; several are chained by taking one's hash as the next one's seed.</summary>
internal static class XxHash
{
    private const ulong Prime1 = 11400714785074694791, Prime2 = 14029467366897019727, Prime3 = 1609587929392839161,
        Prime4 = 9650029242287828579, Prime5 = 2870177450012600261;

    /// <summary>As of the eight bytes of a number in little endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ulong value, ulong seed)
    {
        var hash = seed + Prime5 + sizeof(ulong);
        hash ^= BitOperations.RotateLeft(value * Prime2, 31) * Prime1;
        hash = (BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4;
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed) => XxHash64.HashToUInt64(bytes, (long)seed);

    public static ulong Of(string? text, ulong seed) =>
        text is null ? OfNull(seed) : Of(MemoryMarshal.AsBytes(text.AsSpan()), seed);

    public static ulong OfNull(ulong seed) => Of(0, ~seed);

    /// <summary>0.0 equals -0.0, and all that are not numbers equal each other.</summary>
    public static ulong Of(double value, ulong seed) =>
        Of(value == 0 ? 0 : double.IsNaN(value) ? ulong.MaxValue : BitConverter.DoubleToUInt64Bits(value), seed);

    /// <summary>1.0 equals 1.00.</summary>
    public static ulong Of(decimal value, ulong seed)
    {
        // Dividing by one with all its zeros leaves as few as there can be.
        var shortest = value == 0 ? 0 : value / 1.0000000000000000000000000000m;
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(shortest, bits);
        return Of(MemoryMarshal.AsBytes(bits), seed);
    }

    public static ulong Of(BigInteger value, ulong seed) => Of(value.ToByteArray(), seed);

    /// <summary>To 32 bits.</summary>
    public static int Fold(ulong hash) => (int)(hash ^ (hash >> 32));
}
