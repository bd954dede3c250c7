using System.Runtime.CompilerServices;

namespace Agora.MapReduce;

/// <summary>Finds the codec of a type: one that the job names, one that the type names, or a built-in one.</summary>
public static class Codecs
{
    private static readonly Dictionary<Type, Func<object>> BuiltIn = new Dictionary<Type, Func<object>>
    {
        [typeof(string)] = () => new TextCodec(),
        [typeof(int)] = () => new IntCodec(),
        [typeof(long)] = () => new LongCodec(),
        [typeof(double)] = () => new DoubleCodec(),
        [typeof(bool)] = () => new BoolCodec(),
        [typeof(byte[])] = () => new BytesCodec(),
        [typeof(ReadOnlyMemory<byte>)] = () => new MemoryCodec(),
        [typeof(NullWritable)] = () => new NullCodec(),
    };

    /// <exception cref="NotSupportedException">Nobody has said how values of the type become bytes.</exception>
    public static ICodec<T> Of<T>(JobConf conf) => (ICodec<T>)Of(typeof(T), conf);

    internal static object Of(Type type, JobConf conf)
    {
        if (conf.GetClass(JobConf.CodecPrefix + type.FullName) is { } named)
            return Make(named, type);
        if (type.GetCustomAttributes(typeof(CodecAttribute), inherit: false) is [CodecAttribute attribute])
            return Make(attribute.Codec, type);
        if (BuiltIn.TryGetValue(type, out var make))
            return make();
        if (type.IsGenericType && type.IsAssignableTo(typeof(ITuple)) && type.IsValueType &&
            type.GetGenericArguments() is { Length: 2 or 3 } parts)
        {
            var codec = (parts.Length == 2 ? typeof(PairCodec<,>) : typeof(TripleCodec<,,>)).MakeGenericType(parts);
            return Activator.CreateInstance(codec, [.. parts.Select(p => Of(p, conf))])!;
        }
        throw new NotSupportedException(
            $"{type} cannot be a key or value: nothing says how it becomes bytes. Write an ICodec<{type.Name}> and put " +
            $"[Codec(typeof(...))] on the type, or use string, int, long, double, bool, byte[], ReadOnlyMemory<byte>, " +
            "NullWritable or a tuple of two or three of them");
    }

    private static object Make(Type codec, Type of)
    {
        if (!codec.IsAssignableTo(typeof(ICodec<>).MakeGenericType(of)))
            throw new NotSupportedException($"{codec} is named as the codec of {of} but is no ICodec<{of.Name}>");
        return Activator.CreateInstance(codec)!;
    }
}
