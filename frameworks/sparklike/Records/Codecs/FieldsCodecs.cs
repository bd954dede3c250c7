using System.Reflection;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Records.Codecs;

internal delegate void WriteFields<T>(RecordWriter writer, ref T value);

internal delegate void ReadFields<T>(RecordReader reader, ref T value);

/// <summary>The fields of a type with the codec of each, as far as they need one.</summary>
internal sealed record FieldPlan(FieldInfo Field, RecordCodec Codec);

/// <summary>A codec whose fields are found after it was made, as a type may hold itself.</summary>
internal interface IFieldsCodec
{
    IReadOnlyList<FieldPlan> Fields { get; set; }
}

/// <summary>Objects of a class, field by field. Compiled when first used.</summary>
internal sealed class ObjectCodec<T> : ReferenceCodec<T>, IFieldsCodec where T : class
{
    private Func<object>? _new;
    private WriteFields<T>? _write;
    private ReadFields<T>? _read;

    public IReadOnlyList<FieldPlan> Fields { get; set; } = [];

    internal override IReadOnlyList<RecordCodec> Parts => [.. Fields.Select(f => f.Codec)];

    protected override void WriteContents(RecordWriter writer, T value) =>
        (_write ??= FieldsCompiler.Writer<T>(Fields))(writer, ref value);

    protected override T ReadContents(RecordReader reader, int slot)
    {
        var value = (T)(_new ??= Blank())();
        Made(reader, slot, value);
        (_read ??= FieldsCompiler.Reader<T>(Fields))(reader, ref value);
        return value;
    }

    /// <summary>No constructor runs. Copying an object is faster than making one without.</summary>
    private static Func<object> Blank()
    {
        var blank = RuntimeHelpers.GetUninitializedObject(typeof(T));
        return typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object>>(blank);
    }
}

/// <summary>Structures with references, field by field. Compiled when first used.</summary>
internal sealed class StructCodec<T> : RecordCodec<T>, IFieldsCodec
{
    private WriteFields<T>? _write;
    private ReadFields<T>? _read;

    public IReadOnlyList<FieldPlan> Fields { get; set; } = [];

    internal override IReadOnlyList<RecordCodec> Parts => [.. Fields.Select(f => f.Codec)];

    public override void Write(RecordWriter writer, T value) => (_write ??= FieldsCompiler.Writer<T>(Fields))(writer, ref value);

    public override T Read(RecordReader reader)
    {
        var value = default(T)!;
        (_read ??= FieldsCompiler.Reader<T>(Fields))(reader, ref value);
        return value;
    }
}
