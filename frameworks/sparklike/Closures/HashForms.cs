using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>
/// Containers that find their items by hash. Hashes differ between processes, so these travel as comparer and items and
/// are built anew; copied as they are, they would silently not find what they hold.
/// </summary>
internal abstract class HashForm
{
    private static readonly (Type Definition, Type Form)[] Forms =
    [
        (typeof(Dictionary<,>), typeof(DictionaryForm<,>)),
        (typeof(ConcurrentDictionary<,>), typeof(DictionaryForm<,>)),
        (typeof(OrderedDictionary<,>), typeof(DictionaryForm<,>)),
        (typeof(HashSet<>), typeof(HashSetForm<>)),
        (typeof(ImmutableDictionary<,>), typeof(ImmutableDictionaryForm<,>)),
        (typeof(ImmutableHashSet<>), typeof(ImmutableHashSetForm<>)),
        (typeof(FrozenDictionary<,>), typeof(FrozenDictionaryForm<,>)),
        (typeof(FrozenSet<>), typeof(FrozenSetForm<>)),
        (typeof(Lookup<,>), typeof(LookupForm<,>)),
    ];

    private static readonly ConcurrentDictionary<Type, HashForm?> Known = new();

    /// <summary>The container's class that objects of it derive from.</summary>
    public required Type Container { get; init; }

    /// <summary>False where it has no constructor that could run on an object that others refer to already.</summary>
    public abstract bool IsFilledInPlace { get; }

    /// <summary>Null for objects that find nothing by hash.</summary>
    public static HashForm? Of(Type type) => Known.GetOrAdd(type, static t =>
    {
        for (var level = t; level is not null; level = level.BaseType)
        {
            if (level == typeof(Hashtable))
                return new HashtableForm { Container = level };
            if (!level.IsGenericType)
                continue;
            var definition = level.GetGenericTypeDefinition();
            foreach (var (known, form) in Forms)
                if (known == definition)
                    return Create(form.MakeGenericType(level.GetGenericArguments()), level);
        }
        return null;
    });

    /// <summary>Null for the default one.</summary>
    public abstract object? ComparerOf(object container);

    /// <summary>Its items; of a map each key and behind it its value.</summary>
    public abstract IEnumerable<object?> ItemsOf(object container);

    /// <summary>The other way. Without <paramref name="target"/>, makes a new one.</summary>
    public abstract object Build(object? target, object? comparer, IReadOnlyList<object?> items);

    private static HashForm Create(Type form, Type container)
    {
        var made = (HashForm)Activator.CreateInstance(form)!;
        typeof(HashForm).GetProperty(nameof(Container))!.SetValue(made, container);
        return made;
    }

    /// <summary>Runs the container's constructor on an object that has none run yet.</summary>
    protected void Construct(object target, Type parameter, object? comparer) =>
        Container.GetConstructor(BindingFlags.Instance | BindingFlags.Public, [parameter])!.Invoke(target, [comparer]);

    protected static object? Unless(object comparer, object theDefault) => comparer.Equals(theDefault) ? null : comparer;
}

internal sealed class HashtableForm : HashForm
{
    private static readonly PropertyInfo Comparer = typeof(Hashtable).GetProperty("EqualityComparer", BindingFlags.Instance | BindingFlags.NonPublic)!;

    public override bool IsFilledInPlace => true;

    public override object? ComparerOf(object container) => Comparer.GetValue(container);

    public override IEnumerable<object?> ItemsOf(object container) =>
        ((Hashtable)container).Cast<DictionaryEntry>().SelectMany(e => new[] { e.Key, e.Value });

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items)
    {
        Construct(target!, typeof(IEqualityComparer), comparer);
        for (var i = 0; i < items.Count; i += 2)
            ((Hashtable)target!).Add(items[i]!, items[i + 1]);
        return target!;
    }
}

internal abstract class PairsForm<K, V> : HashForm where K : notnull
{
    public override IEnumerable<object?> ItemsOf(object container) =>
        ((IEnumerable<KeyValuePair<K, V>>)container).SelectMany(p => new object?[] { p.Key, p.Value });

    protected static IEnumerable<KeyValuePair<K, V>> Pairs(IReadOnlyList<object?> items)
    {
        for (var i = 0; i < items.Count; i += 2)
            yield return new((K)items[i]!, (V)items[i + 1]!);
    }

    protected static object? NotDefault(IEqualityComparer<K> comparer) => Unless(comparer, EqualityComparer<K>.Default);
}

internal sealed class DictionaryForm<K, V> : PairsForm<K, V> where K : notnull
{
    public override bool IsFilledInPlace => true;

    public override object? ComparerOf(object container) =>
        NotDefault((IEqualityComparer<K>)Container.GetProperty("Comparer")!.GetValue(container)!);

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items)
    {
        Construct(target!, typeof(IEqualityComparer<K>), comparer);
        foreach (var pair in Pairs(items))
            ((IDictionary<K, V>)target!).Add(pair);
        return target!;
    }
}

internal sealed class HashSetForm<T> : HashForm
{
    public override bool IsFilledInPlace => true;

    public override object? ComparerOf(object container) => Unless(((HashSet<T>)container).Comparer, EqualityComparer<T>.Default);

    public override IEnumerable<object?> ItemsOf(object container) => ((HashSet<T>)container).Cast<object?>();

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items)
    {
        Construct(target!, typeof(IEqualityComparer<T>), comparer);
        foreach (var item in items)
            ((HashSet<T>)target!).Add((T)item!);
        return target!;
    }
}

internal sealed class ImmutableDictionaryForm<K, V> : PairsForm<K, V> where K : notnull
{
    public override bool IsFilledInPlace => false;

    public override object? ComparerOf(object container) => NotDefault(((ImmutableDictionary<K, V>)container).KeyComparer);

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items) =>
        Pairs(items).ToImmutableDictionary((IEqualityComparer<K>?)comparer);
}

internal sealed class ImmutableHashSetForm<T> : HashForm
{
    public override bool IsFilledInPlace => false;

    public override object? ComparerOf(object container) => Unless(((ImmutableHashSet<T>)container).KeyComparer, EqualityComparer<T>.Default);

    public override IEnumerable<object?> ItemsOf(object container) => ((ImmutableHashSet<T>)container).Cast<object?>();

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items) =>
        items.Cast<T>().ToImmutableHashSet((IEqualityComparer<T>?)comparer);
}

internal sealed class FrozenDictionaryForm<K, V> : PairsForm<K, V> where K : notnull
{
    public override bool IsFilledInPlace => false;

    public override object? ComparerOf(object container) => NotDefault(((FrozenDictionary<K, V>)container).Comparer);

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items) =>
        Pairs(items).ToFrozenDictionary((IEqualityComparer<K>?)comparer);
}

internal sealed class FrozenSetForm<T> : HashForm
{
    public override bool IsFilledInPlace => false;

    public override object? ComparerOf(object container) => Unless(((FrozenSet<T>)container).Comparer, EqualityComparer<T>.Default);

    public override IEnumerable<object?> ItemsOf(object container) => ((FrozenSet<T>)container).Cast<object?>();

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items) =>
        items.Cast<T>().ToFrozenSet((IEqualityComparer<T>?)comparer);
}

/// <summary>What <c>ToLookup</c> gives; its items are each key and an array of its values.</summary>
internal sealed class LookupForm<K, V> : HashForm
{
    private static readonly FieldInfo? Comparer = typeof(Lookup<K, V>).GetField("_comparer", BindingFlags.Instance | BindingFlags.NonPublic);

    public override bool IsFilledInPlace => false;

    public override object? ComparerOf(object container) =>
        Comparer?.GetValue(container) is { } comparer ? Unless(comparer, EqualityComparer<K>.Default) : null;

    public override IEnumerable<object?> ItemsOf(object container) =>
        ((Lookup<K, V>)container).SelectMany(g => new object?[] { g.Key, g.ToArray() });

    public override object Build(object? target, object? comparer, IReadOnlyList<object?> items) =>
        Enumerable.Range(0, items.Count / 2).SelectMany(i => ((V[])items[2 * i + 1]!).Select(v => (Key: (K)items[2 * i]!, Value: v)))
            .ToLookup(p => p.Key, p => p.Value, (IEqualityComparer<K>?)comparer);
}
