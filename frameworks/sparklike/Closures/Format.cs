using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agora.Spark.Closures;

/// <summary>
/// What writer and reader agree on: tables of assemblies, types, methods; a head for each object, from which it can be
/// made; and its body, which refers to others by number, so that cycles need no care.
/// </summary>
internal static class Format
{
    public const int Magic = 0x31474341;

    private static readonly ConcurrentDictionary<Type, int> Sizes = new();
    private static readonly ConcurrentDictionary<Type, bool> Raw = new();

    public enum Kind : byte
    {
        /// <summary>Body: its fields.</summary>
        Plain,
        Text,

        /// <summary>Head: lengths and the memory of elements that hold no references.</summary>
        RawArray,

        /// <summary>Body: its elements.</summary>
        Array,

        /// <summary>Head: methods and their targets.</summary>
        Delegate,
        Type,
        Method,
        Field,

        /// <summary>A boxed primitive or enum, in the head.</summary>
        Primitive,

        /// <summary>Body: comparer and items, then the fields of derived classes.</summary>
        Container,

        /// <summary>By name.</summary>
        Known,

        /// <summary>Head: the object that travels in its place.</summary>
        Surrogate,
    }

    public enum TypeKind : byte
    {
        Named,
        Generic,
        Vector,
        Array,
    }

    /// <summary>Written as they are, not as their fields.</summary>
    public static bool IsPrimitive(Type type) => type.IsPrimitive || type.IsEnum;

    public static void WritePrimitive(BinaryWriter to, object value)
    {
        var one = Array.CreateInstance(value.GetType(), 1);
        one.SetValue(value, 0);
        to.Write(MemoryOf(one));
    }

    /// <param name="type">A primitive or enum; what is given is boxed as such.</param>
    public static object ReadPrimitive(BinaryReader from, Type type)
    {
        // The usual ones without a detour: each task reads a few.
        switch (type.IsEnum ? TypeCode.Empty : Type.GetTypeCode(type))
        {
            case TypeCode.Boolean: return from.ReadBoolean();
            case TypeCode.Int32: return from.ReadInt32();
            case TypeCode.Int64: return from.ReadInt64();
            case TypeCode.Double: return from.ReadDouble();
        }
        var one = Array.CreateInstance(type, 1);
        from.BaseStream.ReadExactly(MemoryOf(one));
        return one.GetValue(0)!;
    }

    /// <summary>True if elements of the type hold no references, so that an array of them can be copied as memory.</summary>
    public static bool IsRaw(Type type) => type.IsValueType && Raw.GetOrAdd(type, static t => !(bool)Invoke(nameof(HoldsReferences), t));

    public static Span<byte> MemoryOf(Array array) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), checked(array.Length * SizeOf(array.GetType().GetElementType()!)));

    /// <summary>Bytes that a value of the type takes in an array.</summary>
    public static int SizeOf(Type type) => Sizes.GetOrAdd(type, static t => (int)Invoke(nameof(Size), t));

    private static object Invoke(string name, Type type) =>
        typeof(Format).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, null)!;

    private static bool HoldsReferences<T>() => RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    private static int Size<T>() => Unsafe.SizeOf<T>();
}
