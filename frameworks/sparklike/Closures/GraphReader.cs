using System.Reflection;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Closures;

/// <summary>
/// Makes one copy of a graph: objects as they are first referred to, then their fields, then what finds by hash, which
/// needs whole keys.
/// </summary>
internal sealed class GraphReader(GraphTemplate template)
{
    private readonly object?[] _objects = new object?[template.Heads.Length];
    private readonly bool[] _filled = new bool[template.Heads.Length];
    private readonly bool[] _built = new bool[template.Heads.Length];
    private readonly List<int>?[] _references = new List<int>?[template.Heads.Length];
    private readonly Queue<int> _toFill = new();
    private readonly List<int> _toBuild = [];

    public object Read()
    {
        _ = Get(1);
        while (_toFill.TryDequeue(out var id))
            Fill(id);
        // Inner ones were met later than what holds them.
        for (var i = _toBuild.Count - 1; i >= 0; i--)
            Build(_toBuild[i]);
        return Get(1)!;
    }

    private object? Get(int id)
    {
        if (id == 0 || _objects[id] is not null)
            return _objects[id];
        var head = template.Heads[id];
        switch (head.Kind)
        {
            case Format.Kind.Known:
                return _objects[id] = KnownObjects.Find((string)head.Constant!);
            case Format.Kind.Delegate:
                return _objects[id] = MakeDelegate(head);
            case Format.Kind.Surrogate:
                return _objects[id] = Restore(id, head.Numbers[0]);
            case Format.Kind.Container when !head.Form!.IsFilledInPlace:
                return _objects[id] = MakeWhole(id, head.Form);
            case Format.Kind.RawArray:
                var raw = MakeArray(head);
                template.Bytes.AsSpan(head.Memory, Format.MemoryOf(raw).Length).CopyTo(Format.MemoryOf(raw));
                return _objects[id] = raw;
            case Format.Kind.Array:
                _toFill.Enqueue(id);
                return _objects[id] = MakeArray(head);
            case Format.Kind.Plain or Format.Kind.Container:
                _toFill.Enqueue(id);
                if (head.Form is not null)
                    _toBuild.Add(id);
                return _objects[id] = RuntimeHelpers.GetUninitializedObject(head.Type!);
            default:
                return _objects[id] = head.Constant;
        }
    }

    private static Array MakeArray(GraphTemplate.Head head)
    {
        var rank = head.Numbers.Length / 2;
        return head.Type!.IsSZArray ? Array.CreateInstance(head.Type.GetElementType()!, head.Numbers[0])
            : Array.CreateInstance(head.Type.GetElementType()!, head.Numbers[..rank], head.Numbers[rank..]);
    }

    private Delegate MakeDelegate(GraphTemplate.Head head)
    {
        var singles = new Delegate[head.Numbers.Length / 2];
        for (var i = 0; i < singles.Length; i++)
            singles[i] = Delegate.CreateDelegate(head.Type!, Get(head.Numbers[2 * i + 1]), (MethodInfo)template.Methods[head.Numbers[2 * i]]);
        return Delegate.Combine(singles)!;
    }

    private object? Restore(int id, int surrogate)
    {
        if (template.Shared.TryGetValue(id, out var shared))
            return shared;
        var shipped = Get(surrogate);
        if (shipped is not IRestored restored)
            return shipped;
        Complete(id, [surrogate]);
        var made = restored.Restore();
        return restored.IsShared ? template.Shared.GetOrAdd(id, made) : made;
    }

    private object MakeWhole(int id, HashForm form)
    {
        var (comparer, items) = ReadItems(id);
        Complete(id, [comparer, .. items]);
        return form.Build(null, Get(comparer), [.. items.Select(Get)]);
    }

    /// <summary>Fills all that can be reached, and builds what finds by hash among it.</summary>
    private void Complete(int of, IEnumerable<int> first)
    {
        var reached = new SortedSet<int>();
        var pending = new Stack<int>(first);
        while (pending.TryPop(out var id))
        {
            if (id == 0 || id == of || !reached.Add(id))
                continue;
            _ = Get(id);
            Fill(id);
            foreach (var reference in _references[id] ?? [])
                pending.Push(reference);
        }
        foreach (var id in reached.Reverse())
            Build(id);
    }

    private void Fill(int id)
    {
        if (_filled[id])
            return;
        _filled[id] = true;
        var head = template.Heads[id];
        if (head.Kind == Format.Kind.Delegate)
            _references[id] = [.. head.Numbers.Where((_, i) => i % 2 == 1)];
        if (head.Kind is not (Format.Kind.Plain or Format.Kind.Array or Format.Kind.Container) || head.Form is { IsFilledInPlace: false })
            return;
        _references[id] = [];
        using var from = template.BodyOf(id);
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

    private void FillFields(int id, BinaryReader from, GraphTemplate.Head head)
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

    private void Build(int id)
    {
        if (_built[id] || template.Heads[id].Form is not { IsFilledInPlace: true } form)
            return;
        _built[id] = true;
        var (comparer, items) = ReadItems(id);
        form.Build(_objects[id], Get(comparer), [.. items.Select(Get)]);
    }

    private (int Comparer, int[] Items) ReadItems(int id)
    {
        using var from = template.BodyOf(id);
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
        // So that they are filled before the container is built from them.
        foreach (var reference in references)
            _ = Get(reference);
    }
}
