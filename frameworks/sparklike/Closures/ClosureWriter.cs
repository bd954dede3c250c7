using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>
/// Ships functions with what they capture, and any other objects. A function travels as method and target; of the
/// variables captured in its scope only those it uses go along (<see cref="ClosureCleaner"/>). Needs no attributes and no
/// registration.
/// </summary>
public static class ClosureWriter
{
    /// <exception cref="ClosureException">Something in it cannot be shipped.</exception>
    public static ShippedGraph Write(object root)
    {
        var cleaner = new ClosureCleaner();
        while (true)
        {
            // A lambda that is met late may use more of a scope that has been written already; then once more.
            using var graph = new GraphWriter(cleaner);
            var bytes = graph.Write(root);
            if (graph.IsComplete)
                return new ShippedGraph(bytes, [.. graph.Assemblies.Where(a => !LoadedAssemblies.IsShared(a))], [.. cleaner.Warnings]);
        }
    }
}

/// <summary>Writes one graph once.</summary>
internal sealed class GraphWriter(ClosureCleaner cleaner) : IDisposable
{
    /// <summary>How an object was come by: from which other, by which of its fields.</summary>
    private readonly record struct Origin(int Parent, string Label);

    private readonly NameWriter _names = new();
    private readonly Dictionary<object, int> _ids = new(ReferenceEqualityComparer.Instance);
    private readonly List<(object Value, Origin From)> _objects = [];
    private readonly MemoryStream _heads = new();
    private readonly Dictionary<Type, int> _scopes = [];

    public IEnumerable<Assembly> Assemblies => _names.Assemblies;

    /// <summary>No scope was written before the last lambda that uses more of it was met.</summary>
    public bool IsComplete { get; private set; } = true;

    public byte[] Write(object root)
    {
        using var heads = new BinaryWriter(_heads, System.Text.Encoding.UTF8, leaveOpen: true);
        using var bodies = new MemoryStream();
        using var body = new BinaryWriter(bodies);
        var ends = new List<int>();
        IdOf(root, new Origin(0, ""));
        for (var i = 0; i < _objects.Count; i++)
        {
            WriteObject(heads, body, i + 1);
            ends.Add((int)bodies.Position);
        }
        IsComplete = _scopes.All(s => s.Value == UsedOf(s.Key));
        using var all = new MemoryStream();
        using var to = new BinaryWriter(all);
        to.Write(Format.Magic);
        _names.WriteTo(to);
        to.Write7BitEncodedInt(_objects.Count);
        foreach (var end in ends)
            to.Write7BitEncodedInt(end);
        to.Write7BitEncodedInt((int)_heads.Length);
        to.Write(_heads.GetBuffer().AsSpan(0, (int)_heads.Length));
        to.Write(bodies.GetBuffer().AsSpan(0, (int)bodies.Length));
        to.Flush();
        return all.ToArray();
    }

    public void Dispose()
    {
        _heads.Dispose();
        _names.Dispose();
    }

    /// <summary>Numbers objects from 1 as they are met; 0 is null.</summary>
    private int IdOf(object? value, Origin from)
    {
        if (value is null)
            return 0;
        if (from.Parent > 0 && ClosureCleaner.IsScope(value.GetType()) && _objects[from.Parent - 1].Value is var holder &&
            holder is not Delegate && !ClosureCleaner.IsScope(holder.GetType()))
            cleaner.UseWhole(value.GetType());
        if (_ids.TryGetValue(value, out var known))
            return known;
        _objects.Add((value, from));
        if (value is Delegate function)
        {
            // Before its targets are written, so that it is known what of them is used.
            foreach (var single in function.GetInvocationList())
                cleaner.Scan(single.Method);
        }
        return _ids[value] = _objects.Count;
    }

    private void WriteObject(BinaryWriter head, BinaryWriter body, int id)
    {
        var (value, _) = _objects[id - 1];
        var type = value.GetType();
        if (value is Delegate function)
            WriteDelegate(head, function, id);
        else if (value is string text)
        {
            head.Write((byte)Format.Kind.Text);
            head.Write(text);
        }
        else if (value is Type named)
        {
            if (named.IsGenericParameter || named.IsPointer || named.IsByRef || named.Assembly.IsDynamic)
                throw Refuse(id, named, "such a type has no name", "capture another");
            Head(head, Format.Kind.Type, _names.Of(named));
        }
        else if (value is MethodBase method && method is not { IsGenericMethodDefinition: true } && method.DeclaringType is not null)
            Head(head, Format.Kind.Method, _names.Of(method));
        else if (value is FieldInfo field)
        {
            Head(head, Format.Kind.Field, _names.Of(field.DeclaringType!));
            head.Write(field.Name);
        }
        else if (Format.IsPrimitive(type))
        {
            Head(head, Format.Kind.Primitive, _names.Of(type));
            Format.WritePrimitive(head, value);
        }
        else if (KnownObjects.NameOf(value) is { } name)
        {
            head.Write((byte)Format.Kind.Known);
            head.Write(name);
        }
        else if (value is IShipped shipped)
        {
            head.Write((byte)Format.Kind.Surrogate);
            head.Write7BitEncodedInt(IdOf(shipped.Surrogate, new Origin(id, "")));
        }
        else if (value is Array array)
            WriteArray(head, body, array, id);
        else
            WritePlain(head, body, value, id);
    }

    private void WriteDelegate(BinaryWriter head, Delegate function, int id)
    {
        var all = function.GetInvocationList();
        Head(head, Format.Kind.Delegate, _names.Of(function.GetType()));
        head.Write7BitEncodedInt(all.Length);
        foreach (var single in all)
        {
            if (single.Method.DeclaringType is null || single.Method.Module.Assembly.IsDynamic ||
                single.Target?.GetType().FullName == "System.Runtime.CompilerServices.Closure")
                throw Refuse(id, function.GetType(), "it was compiled at run time, and other processes do not have its code", "write it as a lambda");
            head.Write7BitEncodedInt(_names.Of(single.Method));
            head.Write7BitEncodedInt(IdOf(single.Target, new Origin(id, "<target>")));
        }
    }

    private void WriteArray(BinaryWriter head, BinaryWriter body, Array array, int id)
    {
        var element = array.GetType().GetElementType()!;
        if (element.IsPointer || element.IsFunctionPointer)
            throw Refuse(id, array.GetType(), "it points into this process's memory", "capture the data");
        var isRaw = Format.IsRaw(element);
        Head(head, isRaw ? Format.Kind.RawArray : Format.Kind.Array, _names.Of(array.GetType()));
        for (var i = 0; i < array.Rank; i++)
            head.Write7BitEncodedInt(array.GetLength(i));
        for (var i = 0; i < array.Rank; i++)
            head.Write7BitEncodedInt(array.GetLowerBound(i));
        if (isRaw)
        {
            head.Write(Format.MemoryOf(array));
            return;
        }
        var n = 0;
        foreach (var item in array)
            WriteValue(body, element, item, new Origin(id, $"[{n++}]"));
    }

    private void WritePlain(BinaryWriter head, BinaryWriter body, object value, int id)
    {
        var type = value.GetType();
        if (Refusals.Of(type) is var (why, fix))
            throw Refuse(id, type, why, fix);
        var fields = InstanceFields.Of(type);
        if (HashForm.Of(type) is { } form)
        {
            Head(head, Format.Kind.Container, _names.Of(type));
            body.Write7BitEncodedInt(IdOf(form.ComparerOf(value), new Origin(id, "Comparer")));
            object?[] items = [.. form.ItemsOf(value)];
            body.Write7BitEncodedInt(items.Length);
            for (var i = 0; i < items.Length; i++)
                body.Write7BitEncodedInt(IdOf(items[i], new Origin(id, $"[{i}]")));
            fields = [.. fields.Where(f => f.DeclaringType!.IsSubclassOf(form.Container))];
        }
        else
        {
            Head(head, Format.Kind.Plain, _names.Of(type));
        }
        if (ClosureCleaner.IsScope(type))
        {
            bool[] used = [.. fields.Select(cleaner.IsUsed)];
            _scopes[type] = used.Count(u => u);
            foreach (var isUsed in used)
                body.Write(isUsed);
            fields = [.. fields.Where((_, i) => used[i])];
        }
        foreach (var field in fields)
            WriteValue(body, field.FieldType, field.GetValue(value), new Origin(id, field.Name));
    }

    private int UsedOf(Type scope) => InstanceFields.Of(scope).Count(cleaner.IsUsed);

    private void WriteValue(BinaryWriter to, Type declared, object? value, Origin from)
    {
        if (declared.IsPointer || declared.IsFunctionPointer || declared.IsByRefLike)
        {
            _objects.Add((value!, from));
            throw Refuse(_objects.Count, declared, "it points into this process's memory", "capture the data");
        }
        if (Format.IsPrimitive(declared))
        {
            Format.WritePrimitive(to, value!);
        }
        else if (Nullable.GetUnderlyingType(declared) is { } underlying)
        {
            to.Write(value is not null);
            if (value is not null)
                WriteValue(to, underlying, value, from);
        }
        else if (declared.IsValueType)
        {
            foreach (var field in InstanceFields.Of(declared))
                WriteValue(to, field.FieldType, field.GetValue(value), new Origin(from.Parent, $"{from.Label}.{Plain(field.Name)}"));
        }
        else
        {
            to.Write7BitEncodedInt(IdOf(value, from));
        }
    }

    private static void Head(BinaryWriter head, Format.Kind kind, int number)
    {
        head.Write((byte)kind);
        head.Write7BitEncodedInt(number);
    }

    private ClosureException Refuse(int id, Type type, string why, string fix)
    {
        List<string> labels = [];
        for (var at = id; at > 0; at = _objects[at - 1].From.Parent)
        {
            var label = _objects[at - 1].From.Label;
            if (Plain(label).Length > 0)
                labels.Insert(0, Plain(label));
            if (label == "<target>")
                break;
        }
        var path = string.Join('.', labels).Replace(".[", "[", StringComparison.Ordinal);
        var what = labels is ["<target>", _, ..] ? $"'{path["<target>.".Length..]}', which a function captures," : path.Length > 0 ? $"'{path}'" : "this";
        return new ClosureException($"{what} cannot be shipped to executors: it is a {NameOf(type)}, and {why}; {fix} (at {path})", path);
    }

    /// <summary>A field's name as its author wrote it.</summary>
    private static string Plain(string field)
    {
        // The way to an outer scope, to what was entered before at a prompt, and to what the prompt itself has.
        if (field.StartsWith("CS$", StringComparison.Ordinal) || field.StartsWith("<Submission#", StringComparison.Ordinal) || field == "<host-object>")
            return "";
        if (field.EndsWith(">k__BackingField", StringComparison.Ordinal) || field.EndsWith(">i__Field", StringComparison.Ordinal))
            return field[1..field.IndexOf('>', StringComparison.Ordinal)];
        return field.StartsWith("<>", StringComparison.Ordinal) && field.EndsWith("__this", StringComparison.Ordinal) ? "this" : field;
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..Math.Max(type.Name.IndexOf('`', StringComparison.Ordinal), 0)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
