namespace Agora.MapReduce;

/// <summary>
/// How values of a type become bytes between map and reduce. Keys are sorted by these bytes, unsigned, shorter first,
/// so a key's codec makes them order as the type does (or the job sets a comparator). One codec object serves one
/// place of one task: it may keep buffers of its own.
/// </summary>
public interface ICodec<T>
{
    /// <summary>Bytes each value takes; null if they differ.</summary>
    int? Size => null;

    void Write(T value, ByteBuffer to);

    /// <param name="from">Exactly what <see cref="Write"/> wrote.</param>
    T Read(ReadOnlySpan<byte> from);

    /// <summary>The value as text output shows it.</summary>
    void WriteText(T value, ByteBuffer to) => to.WriteText(value?.ToString());
}

/// <summary>Names the codec of a type of one's own: <c>[Codec(typeof(PointCodec))]</c>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class CodecAttribute(Type codec) : Attribute
{
    /// <summary>Implements <see cref="ICodec{T}"/> of the type and can be made without arguments.</summary>
    public Type Codec { get; } = codec;
}

/// <summary>A key or value that says nothing; text output leaves it and its separator out.</summary>
public readonly record struct NullWritable;
