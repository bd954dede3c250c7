using System.Reflection;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Closures;

/// <summary>Makes the objects that <see cref="ClosureWriter"/> has shipped. Runs code of theirs: read from nobody but the own driver.</summary>
public static class ClosureReader
{
    /// <exception cref="ClosureException">The bytes are damaged, or name what is not here.</exception>
    public static object Read(ReadOnlyMemory<byte> bytes, IAssemblySource assemblies)
    {
        try
        {
            return new GraphReader(bytes, assemblies).Read();
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or TypeLoadException or InvalidCastException or
            MissingMemberException or IndexOutOfRangeException or OverflowException or TargetInvocationException or NotSupportedException)
        {
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            throw new ClosureException($"a shipped function cannot be read here: {cause.Message}", "", cause);
        }
    }
}

/// <summary>Reads one graph.</summary>
internal sealed class GraphReader
{
    private readonly record struct Head(Format.Kind Kind, Type? Type, HashForm? Form, int[] Numbers, string Name);

    private readonly byte[] _bytes;
    private readonly NameReader _names;
    private readonly int[] _ends;
    private readonly Head[] _heads;
    private readonly object?[] _objects;
    private readonly bool[] _filled, _built;
    private readonly List<int>?[] _references;
    private readonly int _bodies;

    public GraphReader(ReadOnlyMemory<byte> bytes, IAssemblySource assemblies)
    {
        _bytes = bytes.ToArray();
        using var from = new BinaryReader(new MemoryStream(_bytes));
        if (from.ReadInt32() != Format.Magic)
            throw new ClosureException("this is no shipped function");
        _names = new NameReader(from, assemblies);
        var count = from.Read7BitEncodedInt();
        _ends = new int[count + 1];
        for (var i = 1; i <= count; i++)
            _ends[i] = from.Read7BitEncodedInt();
        _heads = new Head[count + 1];
        _objects = new object?[count + 1];
        _filled = new bool[count + 1];
        _built = new bool[count + 1];
        _references = new List<int>?[count + 1];
        var heads = from.Read7BitEncodedInt();
        _bodies = (int)from.BaseStream.Position + heads;
        for (var i = 1; i <= count; i++)
            ReadHead(from, i);
    }

    public object Read()
    {
        for (var i = 1; i < _heads.Length; i++)
            Fill(i);
        for (var i = _heads.Length - 1; i > 0; i--)
            Rebuild(i);
        return Get(1)!;
    }

    private void ReadHead(BinaryReader from, int id)
    {
        var kind = (Format.Kind)from.ReadByte();
        switch (kind)
        {
            case Format.Kind.Text:
                _objects[id] = from.ReadString();
                break;
            case Format.Kind.Known:
                _objects[id] = KnownObjects.Find(from.ReadString());
                break;
            case Format.Kind.Method:
                _objects[id] = _names.Methods[from.Read7BitEncodedInt()];
                break;
            case Format.Kind.Surrogate:
                _heads[id] = new Head(kind, null, null, [from.Read7BitEncodedInt()], "");
                break;
            default:
                ReadHead(from, id, kind, _names.Types[from.Read7BitEncodedInt()]);
                break;
        }
    }

    private void ReadHead(BinaryReader from, int id, Format.Kind kind, Type type)
    {
        switch (kind)
        {
            case Format.Kind.Type:
                _objects[id] = type;
                break;
            case Format.Kind.Field:
                _objects[id] = type.GetField(from.ReadString(),
                    BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)!;
                break;
            case Format.Kind.Primitive:
                _objects[id] = Format.ReadPrimitive(from, type);
                break;
            case Format.Kind.Delegate:
                var numbers = new int[from.Read7BitEncodedInt() * 2];
                for (var i = 0; i < numbers.Length; i++)
                    numbers[i] = from.Read7BitEncodedInt();
                _heads[id] = new Head(kind, type, null, numbers, "");
                break;
            case Format.Kind.RawArray or Format.Kind.Array:
                var lengths = new int[type.GetArrayRank()];
                var bounds = new int[lengths.Length];
                for (var i = 0; i < lengths.Length; i++)
                    lengths[i] = from.Read7BitEncodedInt();
                for (var i = 0; i < lengths.Length; i++)
                    bounds[i] = from.Read7BitEncodedInt();
                var array = type.IsSZArray ? Array.CreateInstance(type.GetElementType()!, lengths[0])
                    : Array.CreateInstance(type.GetElementType()!, lengths, bounds);
                _objects[id] = array;
                if (kind == Format.Kind.RawArray)
                    from.BaseStream.ReadExactly(Format.MemoryOf(array));
                else
                    _heads[id] = new Head(kind, type, null, [], "");
                break;
            default:
                var form = kind == Format.Kind.Container ? HashForm.Of(type) : null;
                _heads[id] = new Head(kind, type, form, [], "");
                if (form is not { IsFilledInPlace: false })
                    _objects[id] = RuntimeHelpers.GetUninitializedObject(type);
                break;
        }
    }

    /// <summary>The object of a number, made if that needs others.</summary>
    private object? Get(int id)
    {
        if (id == 0 || _objects[id] is not null)
            return _objects[id];
        var head = _heads[id];
        return _objects[id] = head.Kind switch
        {
            Format.Kind.Delegate => MakeDelegate(head),
            Format.Kind.Surrogate => Restore(id, head.Numbers[0]),
            _ => BuildLate(id, head.Form!),
        };
    }

    private Delegate MakeDelegate(Head head)
    {
        var singles = new Delegate[head.Numbers.Length / 2];
        for (var i = 0; i < singles.Length; i++)
            singles[i] = Delegate.CreateDelegate(head.Type!, Get(head.Numbers[2 * i + 1]), (MethodInfo)_names.Methods[head.Numbers[2 * i]]);
        return Delegate.Combine(singles)!;
    }

    private object? Restore(int id, int surrogate)
    {
        var shipped = Get(surrogate);
        if (shipped is not IRestored restored)
            return shipped;
        Complete(id, [surrogate]);
        return restored.Restore();
    }

    private object BuildLate(int id, HashForm form)
    {
        var (comparer, items) = ReadItems(id);
        Complete(id, [comparer, .. items]);
        return form.Build(null, Get(comparer), [.. items.Select(Get)]);
    }

    /// <summary>Fills all that can be reached, and rebuilds what finds by hash among it.</summary>
    private void Complete(int of, IEnumerable<int> first)
    {
        var reached = new SortedSet<int>();
        var pending = new Stack<int>(first);
        while (pending.TryPop(out var id))
        {
            if (id == 0 || id == of || !reached.Add(id))
                continue;
            Fill(id);
            foreach (var reference in _references[id] ?? [])
                pending.Push(reference);
        }
        foreach (var id in reached.Reverse())
            Rebuild(id);
    }

    private void Fill(int id)
    {
        if (_filled[id])
            return;
        _filled[id] = true;
        var head = _heads[id];
        if (head.Kind == Format.Kind.Delegate)
            _references[id] = [.. head.Numbers.Where((_, i) => i % 2 == 1)];
        if (head.Type is null || head.Kind == Format.Kind.Delegate || head.Form is { IsFilledInPlace: false })
            return;
        _references[id] = [];
        using var from = BodyOf(id);
        if (_objects[id] is Array array)
            FillArray(id, from, array);
        else
            FillFields(id, from, head);
    }

    private void FillArray(int id, BinaryReader from, Array array)
    {
        var element = array.GetType().GetElementType()!;
        if (array is object?[] simple)
        {
            for (var i = 0; i < simple.Length; i++)
                simple[i] = ReadValue(id, from, element);
            return;
        }
        var at = new int[array.Rank];
        for (var n = 0; n < array.Length; n++)
        {
            var rest = n;
            for (var d = array.Rank - 1; d >= 0; d--)
            {
                at[d] = rest % array.GetLength(d) + array.GetLowerBound(d);
                rest /= array.GetLength(d);
            }
            array.SetValue(ReadValue(id, from, element), at);
        }
    }

    private void FillFields(int id, BinaryReader from, Head head)
    {
        var fields = InstanceFields.Of(head.Type!);
        if (head.Form is { } form)
        {
            SkipItems(id, from);
            fields = [.. fields.Where(f => f.DeclaringType!.IsSubclassOf(form.Container))];
        }
        if (ClosureCleaner.IsScope(head.Type!))
        {
            var used = new bool[fields.Length];
            for (var i = 0; i < used.Length; i++)
                used[i] = from.ReadBoolean();
            fields = [.. fields.Where((_, i) => used[i])];
        }
        foreach (var field in fields)
            field.SetValue(_objects[id], ReadValue(id, from, field.FieldType));
    }

    private object? ReadValue(int id, BinaryReader from, Type declared)
    {
        if (Format.IsPrimitive(declared))
            return Format.ReadPrimitive(from, declared);
        if (Nullable.GetUnderlyingType(declared) is { } underlying)
            return from.ReadBoolean() ? ReadValue(id, from, underlying) : null;
        if (declared.IsValueType)
        {
            var value = RuntimeHelpers.GetUninitializedObject(declared);
            foreach (var field in InstanceFields.Of(declared))
                field.SetValue(value, ReadValue(id, from, field.FieldType));
            return value;
        }
        var reference = from.Read7BitEncodedInt();
        _references[id]!.Add(reference);
        return Get(reference);
    }

    private void Rebuild(int id)
    {
        if (_built[id] || _heads[id].Form is not { IsFilledInPlace: true } form)
            return;
        _built[id] = true;
        var (comparer, items) = ReadItems(id);
        form.Build(_objects[id], Get(comparer), [.. items.Select(Get)]);
    }

    private (int Comparer, int[] Items) ReadItems(int id)
    {
        using var from = BodyOf(id);
        var comparer = from.Read7BitEncodedInt();
        var items = new int[from.Read7BitEncodedInt()];
        for (var i = 0; i < items.Length; i++)
            items[i] = from.Read7BitEncodedInt();
        return (comparer, items);
    }

    private void SkipItems(int id, BinaryReader from)
    {
        var references = _references[id]!;
        references.Add(from.Read7BitEncodedInt());
        for (var left = from.Read7BitEncodedInt(); left > 0; left--)
            references.Add(from.Read7BitEncodedInt());
    }

    private BinaryReader BodyOf(int id) =>
        new(new MemoryStream(_bytes, _bodies + _ends[id - 1], _ends[id] - _ends[id - 1], writable: false));
}
