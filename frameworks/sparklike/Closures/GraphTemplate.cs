using System.Collections.Concurrent;
using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>
/// A shipped graph, read as far as all its copies are alike: each task of a stage is given a copy of its own, as if it
/// alone had been sent to its executor. Thread-safe.
/// </summary>
internal sealed class GraphTemplate
{
    /// <param name="Numbers">A delegate's methods and targets in turn; an array's lengths, then bounds; a surrogate.</param>
    /// <param name="Constant">The object itself where all copies may share it.</param>
    /// <param name="Memory">Where a raw array's elements begin.</param>
    internal readonly record struct Head(Format.Kind Kind, Type? Type, HashForm? Form, int[] Numbers, object? Constant, int Memory);

    private readonly NameReader _names;
    private readonly int[] _ends;
    private readonly int _bodies;

    /// <exception cref="ClosureException">The bytes are damaged, or name what is not here.</exception>
    public GraphTemplate(ReadOnlyMemory<byte> bytes, IAssemblySource assemblies)
    {
        Bytes = bytes.ToArray();
        (_names, _ends, Heads, _bodies) = ClosureReader.Guarded(() =>
        {
            using var from = new BinaryReader(new MemoryStream(Bytes));
            if (from.ReadInt32() != Format.Magic)
                throw new ClosureException("this is no shipped function");
            var names = new NameReader(from, assemblies);
            var ends = new int[from.Read7BitEncodedInt() + 1];
            for (var i = 1; i < ends.Length; i++)
                ends[i] = from.Read7BitEncodedInt();
            var bodies = from.Read7BitEncodedInt() + (int)from.BaseStream.Position;
            if (bodies + ends[^1] != Bytes.Length)
                throw new ClosureException("a shipped function has been cut");
            var heads = new Head[ends.Length];
            for (var i = 1; i < heads.Length; i++)
                heads[i] = ReadHead(from, names);
            return (names, ends, heads, bodies);
        });
    }

    internal byte[] Bytes { get; }

    internal Head[] Heads { get; }

    internal MethodBase[] Methods => _names.Methods;

    /// <summary>Objects that all copies share, by number, once the first has made them.</summary>
    internal ConcurrentDictionary<int, object> Shared { get; } = [];

    /// <summary>A copy of the graph.</summary>
    /// <exception cref="ClosureException">It cannot be made.</exception>
    public object Make() => ClosureReader.Guarded(() => new GraphReader(this).Read());

    internal BinaryReader BodyOf(int id) =>
        new(new MemoryStream(Bytes, _bodies + _ends[id - 1], _ends[id] - _ends[id - 1], writable: false));

    private static Head ReadHead(BinaryReader from, NameReader names)
    {
        var kind = (Format.Kind)from.ReadByte();
        return kind switch
        {
            Format.Kind.Text => Constant(kind, from.ReadString()),
            Format.Kind.Known => new Head(kind, null, null, [], from.ReadString(), 0),
            Format.Kind.Method => Constant(kind, names.Methods[from.Read7BitEncodedInt()]),
            Format.Kind.Surrogate => new Head(kind, null, null, [from.Read7BitEncodedInt()], null, 0),
            _ => ReadHead(from, kind, names.Types[from.Read7BitEncodedInt()]),
        };
    }

    private static Head ReadHead(BinaryReader from, Format.Kind kind, Type type)
    {
        switch (kind)
        {
            case Format.Kind.Type:
                return Constant(kind, type);
            case Format.Kind.Field:
                return Constant(kind, type.GetField(from.ReadString(),
                    BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)!);
            case Format.Kind.Primitive:
                return Constant(kind, Format.ReadPrimitive(from, type));
            case Format.Kind.Delegate:
                return new Head(kind, type, null, ReadNumbers(from, from.Read7BitEncodedInt() * 2), null, 0);
            case Format.Kind.Array:
                return new Head(kind, type, null, ReadNumbers(from, type.GetArrayRank() * 2), null, 0);
            case Format.Kind.RawArray:
                var numbers = ReadNumbers(from, type.GetArrayRank() * 2);
                var length = numbers.Take(type.GetArrayRank()).Aggregate(1L, (product, n) => product * n) * Format.SizeOf(type.GetElementType()!);
                var at = (int)from.BaseStream.Position;
                if (from.BaseStream.Seek(length, SeekOrigin.Current) > from.BaseStream.Length)
                    throw new EndOfStreamException("it has been cut");
                return new Head(kind, type, null, numbers, null, at);
            case Format.Kind.Container:
                return new Head(kind, type, HashForm.Of(type) ?? throw new ClosureException($"{type} is no container here"), [], null, 0);
            case Format.Kind.Plain:
                return new Head(kind, type, null, [], null, 0);
            default:
                throw new ClosureException($"a shipped function holds an object of an unknown kind, {(byte)kind}");
        }
    }

    private static Head Constant(Format.Kind kind, object value) => new(kind, null, null, [], value, 0);

    private static int[] ReadNumbers(BinaryReader from, int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = from.Read7BitEncodedInt();
        return numbers;
    }
}
