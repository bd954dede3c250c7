namespace Agora.MapReduce;

/// <summary>
/// A part of a tuple. All but the last must say where they end without disturbing the order: a part of fixed size
/// does; another one has each 0 byte followed by 255, and 0 1 behind it, which is below all that could go on.
/// </summary>
internal sealed class TuplePart<T>(ICodec<T> codec)
{
    private const byte Escaped = 255, End = 1;

    private readonly ByteBuffer _scratch = new();

    public void Write(T value, ByteBuffer to)
    {
        if (codec.Size is not null)
        {
            codec.Write(value, to);
            return;
        }
        _scratch.Clear();
        codec.Write(value, _scratch);
        var rest = _scratch.Span;
        while (rest.IndexOf((byte)0) is var zero and >= 0)
        {
            to.Write(rest[..(zero + 1)]);
            to.WriteByte(Escaped);
            rest = rest[(zero + 1)..];
        }
        to.Write(rest);
        to.WriteByte(0);
        to.WriteByte(End);
    }

    public void WriteLast(T value, ByteBuffer to) => codec.Write(value, to);

    public T Read(ref ReadOnlySpan<byte> from)
    {
        if (codec.Size is { } size)
        {
            var value = codec.Read(from[..size]);
            from = from[size..];
            return value;
        }
        _scratch.Clear();
        while (true)
        {
            var zero = from.IndexOf((byte)0);
            var isEnd = from[zero + 1] == End;
            _scratch.Write(from[..(isEnd ? zero : zero + 1)]);
            from = from[(zero + 2)..];
            if (isEnd)
                return codec.Read(_scratch.Span);
        }
    }

    public T ReadLast(ReadOnlySpan<byte> from) => codec.Read(from);

    public void WriteText(T value, ByteBuffer to) => codec.WriteText(value, to);
}

/// <summary>Orders by the first part, then the second. As text the parts are separated by TAB.</summary>
internal sealed class PairCodec<T1, T2>(ICodec<T1> first, ICodec<T2> second) : ICodec<(T1, T2)>
{
    private readonly TuplePart<T1> _first = new(first);
    private readonly TuplePart<T2> _second = new(second);

    public int? Size { get; } = first.Size + second.Size;

    public void Write((T1, T2) value, ByteBuffer to)
    {
        _first.Write(value.Item1, to);
        _second.WriteLast(value.Item2, to);
    }

    public (T1, T2) Read(ReadOnlySpan<byte> from) => (_first.Read(ref from), _second.ReadLast(from));

    public void WriteText((T1, T2) value, ByteBuffer to)
    {
        _first.WriteText(value.Item1, to);
        to.WriteByte((byte)'\t');
        _second.WriteText(value.Item2, to);
    }
}

/// <summary>As <see cref="PairCodec{T1, T2}"/>, of three parts.</summary>
internal sealed class TripleCodec<T1, T2, T3>(ICodec<T1> first, ICodec<T2> second, ICodec<T3> third)
    : ICodec<(T1, T2, T3)>
{
    private readonly TuplePart<T1> _first = new(first);
    private readonly TuplePart<T2> _second = new(second);
    private readonly TuplePart<T3> _third = new(third);

    public int? Size { get; } = first.Size + second.Size + third.Size;

    public void Write((T1, T2, T3) value, ByteBuffer to)
    {
        _first.Write(value.Item1, to);
        _second.Write(value.Item2, to);
        _third.WriteLast(value.Item3, to);
    }

    public (T1, T2, T3) Read(ReadOnlySpan<byte> from) =>
        (_first.Read(ref from), _second.Read(ref from), _third.ReadLast(from));

    public void WriteText((T1, T2, T3) value, ByteBuffer to)
    {
        _first.WriteText(value.Item1, to);
        to.WriteByte((byte)'\t');
        _second.WriteText(value.Item2, to);
        to.WriteByte((byte)'\t');
        _third.WriteText(value.Item3, to);
    }
}
