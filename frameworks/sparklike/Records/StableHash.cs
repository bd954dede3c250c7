using System.Runtime.CompilerServices;

namespace Agora.Spark.Records;

/// <summary>
/// Hashes of keys that are the same in every process, unlike <see cref="object.GetHashCode"/>; keys that
/// <see cref="EqualityComparer{T}.Default"/> finds equal have the same. For numbers, strings, dates, enums, tuples, records,
/// structures without an <c>Equals</c> of their own, and types that implement <see cref="IStableHash"/>.
/// </summary>
public static class StableHash<T>
{
    private static readonly HashFunction<T>? Function;
    private static readonly string? Refusal;

    static StableHash()
    {
        Refusal = KeyRules.RefusalOf(typeof(T));
        if (Refusal is null)
            Function = KeyHashes.FunctionOf<T>();
    }

    /// <exception cref="ArgumentException">Keys of the type have no hash, such as arrays; the message says why and what to do.</exception>
    public static int Of(T value) => XxHash.Fold(Hash64(value, 0));

    /// <summary>To know before there are keys.</summary>
    /// <exception cref="ArgumentException">As of <see cref="Of"/>.</exception>
    public static void ThrowIfRefused()
    {
        if (Refusal is not null)
            throw new ArgumentException(Refusal);
    }

    internal static ulong Hash64(T value, ulong seed)
    {
        // Decided when it is compiled.
        if (typeof(T) == typeof(int))
            return XxHash.Of((ulong)Unsafe.As<T, int>(ref value), seed);
        if (typeof(T) == typeof(long))
            return XxHash.Of((ulong)Unsafe.As<T, long>(ref value), seed);
        if (typeof(T) == typeof(string))
            return XxHash.Of(Unsafe.As<T, string>(ref value), seed);
        return Function is not null ? Function(value, seed) : throw new ArgumentException(Refusal);
    }
}
