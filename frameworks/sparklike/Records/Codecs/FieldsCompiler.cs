using System.Reflection;
using System.Reflection.Emit;

namespace Agora.Spark.Records.Codecs;

/// <summary>
/// Makes the code that writes and reads the fields of a type, private and read-only ones too: plain values and strings
/// without a call through their codec, and structures within as if their fields were the type's own.
/// </summary>
internal static class FieldsCompiler
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    private static readonly MethodInfo WriteRaw = typeof(RecordWriter).GetMethod(nameof(RecordWriter.WriteRaw), Own)!,
        WriteString = typeof(RecordWriter).GetMethod(nameof(RecordWriter.WriteString), Own)!,
        ReadRaw = typeof(RecordReader).GetMethod(nameof(RecordReader.ReadRaw), Own)!,
        ReadString = typeof(RecordReader).GetMethod(nameof(RecordReader.ReadString), Own)!;

    public static WriteFields<T> Writer<T>(IReadOnlyList<FieldPlan> fields)
    {
        var code = new Code<T>(typeof(RecordWriter));
        EmitWrites(code, [], fields);
        return code.Finish<WriteFields<T>>();
    }

    public static ReadFields<T> Reader<T>(IReadOnlyList<FieldPlan> fields)
    {
        var code = new Code<T>(typeof(RecordReader));
        EmitReads(code, [], fields);
        return code.Finish<ReadFields<T>>();
    }

    private static void EmitWrites<T>(Code<T> code, IReadOnlyList<FieldInfo> owner, IReadOnlyList<FieldPlan> fields)
    {
        foreach (var (field, codec) in fields)
        {
            if (codec is IFieldsCodec nested && field.FieldType.IsValueType)
            {
                EmitWrites(code, [.. owner, field], nested.Fields);
                continue;
            }
            var direct = IsRaw(codec) ? WriteRaw.MakeGenericMethod(field.FieldType) : codec is StringCodec ? WriteString : null;
            if (direct is null)
                code.LoadCodec(codec);
            code.Il.Emit(OpCodes.Ldarg_1);
            code.LoadOwner(owner);
            code.Il.Emit(OpCodes.Ldfld, field);
            if (direct is not null)
                code.Il.Emit(OpCodes.Call, direct);
            else
                code.Il.Emit(OpCodes.Callvirt, MethodOf(codec, field, nameof(RecordCodec<>.Write)));
        }
    }

    private static void EmitReads<T>(Code<T> code, IReadOnlyList<FieldInfo> owner, IReadOnlyList<FieldPlan> fields)
    {
        foreach (var (field, codec) in fields)
        {
            if (codec is IFieldsCodec nested && field.FieldType.IsValueType)
            {
                EmitReads(code, [.. owner, field], nested.Fields);
                continue;
            }
            code.LoadOwner(owner);
            var direct = IsRaw(codec) ? ReadRaw.MakeGenericMethod(field.FieldType) : codec is StringCodec ? ReadString : null;
            if (direct is null)
                code.LoadCodec(codec);
            code.Il.Emit(OpCodes.Ldarg_1);
            if (direct is not null)
                code.Il.Emit(OpCodes.Call, direct);
            else
                code.Il.Emit(OpCodes.Callvirt, MethodOf(codec, field, nameof(RecordCodec<>.Read)));
            code.Il.Emit(OpCodes.Stfld, field);
        }
    }

    private static bool IsRaw(RecordCodec codec) =>
        codec.GetType().IsGenericType && codec.GetType().GetGenericTypeDefinition() == typeof(UnmanagedCodec<>);

    private static MethodInfo MethodOf(RecordCodec codec, FieldInfo field, string name)
    {
        var type = typeof(RecordCodec<>).MakeGenericType(field.FieldType);
        return type.IsInstanceOfType(codec) ? type.GetMethod(name)!
            : throw new InvalidOperationException($"{codec.GetType()} is no codec for {field.FieldType}");
    }

    /// <summary>A method under way: of the codecs it calls, a reader or writer, and the value by reference.</summary>
    private sealed class Code<T>
    {
        private readonly DynamicMethod _method;
        private readonly List<RecordCodec> _codecs = [];

        public Code(Type through) => (_method, Il) = Begin(through);

        public ILGenerator Il { get; }

        private static (DynamicMethod, ILGenerator) Begin(Type through)
        {
            var method = new DynamicMethod("fields of " + typeof(T).Name, typeof(void),
                [typeof(RecordCodec[]), through, typeof(T).MakeByRefType()], typeof(FieldsCompiler).Module, skipVisibility: true);
            return (method, method.GetILGenerator());
        }

        public void LoadCodec(RecordCodec codec)
        {
            var index = _codecs.IndexOf(codec);
            if (index < 0)
            {
                index = _codecs.Count;
                _codecs.Add(codec);
            }
            Il.Emit(OpCodes.Ldarg_0);
            Il.Emit(OpCodes.Ldc_I4, index);
            Il.Emit(OpCodes.Ldelem_Ref);
        }

        /// <summary>The object, or the address of the structure, that has the field.</summary>
        public void LoadOwner(IReadOnlyList<FieldInfo> path)
        {
            Il.Emit(OpCodes.Ldarg_2);
            if (!typeof(T).IsValueType)
                Il.Emit(OpCodes.Ldind_Ref);
            foreach (var field in path)
                Il.Emit(OpCodes.Ldflda, field);
        }

        public TDelegate Finish<TDelegate>() where TDelegate : Delegate
        {
            Il.Emit(OpCodes.Ret);
            return _method.CreateDelegate<TDelegate>(_codecs.ToArray());
        }
    }
}
