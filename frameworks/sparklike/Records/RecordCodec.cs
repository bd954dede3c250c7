namespace Agora.Spark.Records;

/// <summary>What codecs of all types share.</summary>
public abstract class RecordCodec
{
    private protected RecordCodec()
    {
    }

    /// <summary>Codecs of what a value holds.</summary>
    internal virtual IReadOnlyList<RecordCodec> Parts => [];

    /// <summary>A value may hold objects of types that are not known before.</summary>
    internal virtual bool IsOpen => false;

    /// <summary>Null is a value as any other; what holds others need not look for it.</summary>
    internal virtual bool TakesNull => false;

    /// <summary>Writes an object of exactly the codec's type, which is not null.</summary>
    internal abstract void WriteExact(RecordWriter writer, object value);

    /// <summary>Reads what <see cref="WriteExact"/> wrote.</summary>
    internal abstract object ReadExact(RecordReader reader);
}

/// <summary>
/// Writes values of a type as bytes and reads them again, in a process that runs the same assemblies. The usual one is
/// made from the type's instance fields, private and inherited ones too, but those marked <c>[NonSerialized]</c>, which
/// are read as their default; it needs no attributes and runs no constructors. Hash containers are filled anew with their
/// comparer, as hashes differ between processes. An object that is referred to more than once within a value arrives
/// as one where its type can refer to itself, and as copies elsewhere. Codecs are safe for use by several threads.
/// </summary>
public abstract class RecordCodec<T> : RecordCodec
{
    private static RecordCodec<T>? _default;

    /// <summary>The registered codec, or one that is made from the type.</summary>
    /// <exception cref="CodecException">The type holds what cannot be written.</exception>
    public static RecordCodec<T> Default =>
        Volatile.Read(ref _default) ?? (_default = (RecordCodec<T>)CodecBuilder.MemberOf(typeof(T)));

    /// <param name="value">Never null where the codec is registered for others to use.</param>
    /// <exception cref="CodecException">The value holds what cannot be written.</exception>
    public abstract void Write(RecordWriter writer, T value);

    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Write"/> wrote.</exception>
    public abstract T Read(RecordReader reader);

    internal override void WriteExact(RecordWriter writer, object value) => Write(writer, (T)value);

    internal override object ReadExact(RecordReader reader) => Read(reader)!;
}
