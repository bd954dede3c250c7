namespace Agora.Spark.Records.Codecs;

/// <summary>Objects of a class and of those that derive from it: which, and then as that one's codec has it.</summary>
/// <param name="declared">For objects of the class itself; null if there can be none.</param>
/// <param name="isOpen">Objects of types that cannot be known before are to be expected.</param>
/// <param name="settle">Makes what can be written of a sequence that is still to be computed; null where there can be none.</param>
internal sealed class PolymorphicCodec<T>(RecordCodec? declared, bool isOpen, Func<T, T>? settle) : RecordCodec<T?> where T : class
{
    internal override IReadOnlyList<RecordCodec> Parts { get; } = declared is null ? [] : [declared];

    internal override bool IsOpen => isOpen;

    public override void Write(RecordWriter writer, T? value)
    {
        if (value is null)
        {
            writer.WriteByte(PolymorphicTag.Null);
        }
        else if (declared is not null && value.GetType() == typeof(T))
        {
            writer.WriteByte(PolymorphicTag.Declared);
            declared.WriteExact(writer, value);
        }
        else
        {
            NestingLimit.Check<T>();
            if (settle is not null)
                value = settle(value);
            writer.WriteType(value is Type ? typeof(Type) : value.GetType()).WriteExact(writer, value);
        }
    }

    public override T? Read(RecordReader reader)
    {
        var tag = reader.ReadLength();
        if (tag == PolymorphicTag.Null)
            return null;
        if (tag == PolymorphicTag.Declared)
            return (T)(declared ?? throw new InvalidDataException("there can be no object of the type")).ReadExact(reader);
        NestingLimit.Check<T>();
        return reader.ReadType(tag).ReadExact(reader) as T
            ?? throw new InvalidDataException($"an object is no {TypeNames.ForPeople(typeof(T))}");
    }
}
