using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Records;

internal delegate ulong HashFunction<in T>(T value, ulong seed);

/// <summary>Makes the hash functions of <see cref="StableHash{T}"/>.</summary>
internal static class KeyHashes
{
    private static readonly ConditionalWeakTable<Type, HashFunction<object>> Boxed = [];

    /// <summary>For a type that can be a key.</summary>
    public static HashFunction<T> FunctionOf<T>()
    {
        if (KeyRules.IsOpen(typeof(T)))
            return OfAny;
        if (KeyRules.IsCanonical(typeof(T)))
            return (HashFunction<T>)Canonical(typeof(T));
        if (typeof(IStableHash).IsAssignableFrom(typeof(T)))
            return (value, seed) => value is null ? XxHash.OfNull(seed) : XxHash.Of((ulong)((IStableHash)value).GetStableHash(), seed);
        if (Nullable.GetUnderlyingType(typeof(T)) is { } underlying)
            return Call<HashFunction<T>>(nameof(OfNullable), underlying);
        var fields = OfFields<T>();
        if (typeof(T).IsValueType)
            return fields;
        if (typeof(T).IsSealed)
            return (value, seed) => value is null ? XxHash.OfNull(seed) : fields(value, seed);
        // One that derives from it equals only its like.
        return (value, seed) => value is null ? XxHash.OfNull(seed) : value.GetType() == typeof(T) ? fields(value, seed) : OfAny(value, seed);
    }

    private static Delegate Canonical(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => Call<Delegate>(nameof(OfEnum), type, Enum.GetUnderlyingType(type)),
        TypeCode.Boolean => (HashFunction<bool>)((v, s) => XxHash.Of(v ? 1ul : 0, s)),
        TypeCode.Char => (HashFunction<char>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.SByte => (HashFunction<sbyte>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.Byte => (HashFunction<byte>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.Int16 => (HashFunction<short>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.UInt16 => (HashFunction<ushort>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.Int32 => (HashFunction<int>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.UInt32 => (HashFunction<uint>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.Int64 => (HashFunction<long>)((v, s) => XxHash.Of((ulong)v, s)),
        TypeCode.UInt64 => (HashFunction<ulong>)((v, s) => XxHash.Of(v, s)),
        TypeCode.Single => (HashFunction<float>)((v, s) => XxHash.Of((double)v, s)),
        TypeCode.Double => (HashFunction<double>)((v, s) => XxHash.Of(v, s)),
        TypeCode.Decimal => (HashFunction<decimal>)((v, s) => XxHash.Of(v, s)),
        TypeCode.DateTime => (HashFunction<DateTime>)((v, s) => XxHash.Of((ulong)v.Ticks, s)),
        TypeCode.String => (HashFunction<string>)((v, s) => XxHash.Of(v, s)),
        _ when type == typeof(nint) => (HashFunction<nint>)((v, s) => XxHash.Of((ulong)v, s)),
        _ when type == typeof(nuint) => (HashFunction<nuint>)((v, s) => XxHash.Of((ulong)v, s)),
        _ when type == typeof(Half) => (HashFunction<Half>)((v, s) => XxHash.Of((double)v, s)),
        _ when type == typeof(DateTimeOffset) => (HashFunction<DateTimeOffset>)((v, s) => XxHash.Of((ulong)v.UtcTicks, s)),
        _ when type == typeof(BigInteger) => (HashFunction<BigInteger>)((v, s) => XxHash.Of(v, s)),
        _ => throw new InvalidOperationException($"{type} has no canonical form"),
    };

    private static HashFunction<TEnum> OfEnum<TEnum, TNumber>() =>
        (value, seed) => StableHash<TNumber>.Hash64(Unsafe.BitCast<TEnum, TNumber>(value), seed);

    private static HashFunction<T?> OfNullable<T>() where T : struct =>
        (value, seed) => value is { } some ? StableHash<T>.Hash64(some, seed) : XxHash.OfNull(seed);

    private static ulong OfAny<T>(T value, ulong seed) =>
        value is null ? XxHash.OfNull(seed) : Boxed.GetValue(value.GetType(), t => Call<HashFunction<object>>(nameof(OfBoxed), t))(value, seed);

    private static HashFunction<object> OfBoxed<T>() => (value, seed) =>
        value.GetType() == typeof(object) ? throw new ArgumentException("an object without fields equals itself alone and cannot be a key")
            : StableHash<T>.Hash64((T)value, seed);

    private static TResult Call<TResult>(string method, params Type[] types) => (TResult)typeof(KeyHashes)
        .GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(types).Invoke(null, null)!;

    /// <summary>Field after field, each with the hash of those before it as its seed.</summary>
    private static HashFunction<T> OfFields<T>()
    {
        var method = new DynamicMethod("hash of " + typeof(T).Name, typeof(ulong), [typeof(T), typeof(ulong)],
            typeof(KeyHashes).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        foreach (var field in FieldWalk.FieldsOf(typeof(T)))
        {
            if (typeof(T).IsValueType)
                il.Emit(OpCodes.Ldarga_S, (byte)0);
            else
                il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Call, typeof(StableHash<>).MakeGenericType(field.FieldType)
                .GetMethod(nameof(StableHash<>.Hash64), BindingFlags.Static | BindingFlags.NonPublic)!);
            il.Emit(OpCodes.Starg_S, (byte)1);
        }
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<HashFunction<T>>();
    }
}
