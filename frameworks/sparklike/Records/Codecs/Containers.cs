using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;

namespace Agora.Spark.Records.Codecs;

/// <summary>The library's containers that are filled anew rather than copied field by field.</summary>
internal static class Containers
{
    private static readonly Dictionary<Type, string> Makers = new()
    {
        [typeof(Dictionary<,>)] = nameof(Dictionary),
        [typeof(OrderedDictionary<,>)] = nameof(Ordered),
        [typeof(ConcurrentDictionary<,>)] = nameof(Concurrent),
        [typeof(ImmutableDictionary<,>)] = nameof(Immutable),
        [typeof(FrozenDictionary<,>)] = nameof(Frozen),
        [typeof(SortedDictionary<,>)] = nameof(Sorted),
        [typeof(HashSet<>)] = nameof(Set),
        [typeof(ImmutableHashSet<>)] = nameof(ImmutableSet),
        [typeof(FrozenSet<>)] = nameof(FrozenItems),
        [typeof(SortedSet<>)] = nameof(SortedItems),
        [typeof(LinkedList<>)] = nameof(Linked),
        [typeof(ConcurrentQueue<>)] = nameof(Queue),
        [typeof(ConcurrentStack<>)] = nameof(Stack),
    };

    public static bool IsHashed(Type definition) => Makers.ContainsKey(definition);

    /// <summary>Frozen containers are of many hidden classes, all of which are made from the one that is known.</summary>
    public static Type ShapeOf(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
            if (level.IsGenericType && level.GetGenericTypeDefinition() is var d && (d == typeof(FrozenDictionary<,>) || d == typeof(FrozenSet<>)))
                return level;
        return type;
    }

    /// <returns>Null for other types.</returns>
    public static RecordCodec? CodecOf(Type type, Func<Type, RecordCodec> itemCodec)
    {
        if (!type.IsGenericType || !Makers.TryGetValue(type.GetGenericTypeDefinition(), out var maker))
            return null;
        var arguments = type.GetGenericArguments();
        var item = arguments.Length == 1 ? arguments[0] : typeof(KeyValuePair<,>).MakeGenericType(arguments);
        var method = typeof(Containers).GetMethod(maker, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(arguments);
        return (RecordCodec)method.Invoke(null, [itemCodec(item)])!;
    }

    private static object? Unusual<K>(IEqualityComparer<K>? comparer) => Equals(comparer, EqualityComparer<K>.Default) ? null : comparer;

    private static object? Unusual<K>(IComparer<K>? comparer) => Equals(comparer, Comparer<K>.Default) ? null : comparer;

    private static IEqualityComparer<K>? Hashing<K>(object? comparer) => (IEqualityComparer<K>?)comparer;

    private static ContainerCodec<Dictionary<K, V>, KeyValuePair<K, V>> Dictionary<K, V>(RecordCodec<KeyValuePair<K, V>> item) where K : notnull =>
        new(new(d => Unusual(d.Comparer), (c, n) => new(n, Hashing<K>(c)), (d, i) => d.Add(i.Key, i.Value)), item);

    private static ContainerCodec<OrderedDictionary<K, V>, KeyValuePair<K, V>> Ordered<K, V>(RecordCodec<KeyValuePair<K, V>> item) where K : notnull =>
        new(new(d => Unusual(d.Comparer), (c, n) => new(n, Hashing<K>(c)), (d, i) => d.Add(i.Key, i.Value)), item);

    private static ContainerCodec<ConcurrentDictionary<K, V>, KeyValuePair<K, V>> Concurrent<K, V>(RecordCodec<KeyValuePair<K, V>> item) where K : notnull =>
        new(new(d => Unusual(d.Comparer), (c, _) => new(Hashing<K>(c)), (d, i) => d[i.Key] = i.Value, IsConcurrent: true), item);

    private static ContainerCodec<SortedDictionary<K, V>, KeyValuePair<K, V>> Sorted<K, V>(RecordCodec<KeyValuePair<K, V>> item) where K : notnull =>
        new(new(d => Unusual(d.Comparer), (c, _) => new((IComparer<K>?)c), (d, i) => d.Add(i.Key, i.Value)), item);

    private static ContainerCodec<ImmutableDictionary<K, V>, KeyValuePair<K, V>> Immutable<K, V>(RecordCodec<KeyValuePair<K, V>> item) where K : notnull =>
        new(new(d => Unusual(d.KeyComparer), null, null, (c, items) => ImmutableDictionary.CreateRange(Hashing<K>(c), items)), item);

    private static ContainerCodec<FrozenDictionary<K, V>, KeyValuePair<K, V>> Frozen<K, V>(RecordCodec<KeyValuePair<K, V>> item) where K : notnull =>
        new(new(d => Unusual(d.Comparer), null, null, (c, items) => items.ToFrozenDictionary(Hashing<K>(c))), item);

    private static ContainerCodec<HashSet<T>, T> Set<T>(RecordCodec<T> item) =>
        new(new(s => Unusual(s.Comparer), (c, n) => new(n, Hashing<T>(c)), (s, i) => s.Add(i)), item);

    private static ContainerCodec<ImmutableHashSet<T>, T> ImmutableSet<T>(RecordCodec<T> item) =>
        new(new(s => Unusual(s.KeyComparer), null, null, (c, items) => ImmutableHashSet.CreateRange(Hashing<T>(c), items)), item);

    private static ContainerCodec<FrozenSet<T>, T> FrozenItems<T>(RecordCodec<T> item) =>
        new(new(s => Unusual(s.Comparer), null, null, (c, items) => items.ToFrozenSet(Hashing<T>(c))), item);

    private static ContainerCodec<SortedSet<T>, T> SortedItems<T>(RecordCodec<T> item) =>
        new(new(s => Unusual(s.Comparer), (c, _) => new((IComparer<T>?)c), (s, i) => s.Add(i)), item);

    private static ContainerCodec<LinkedList<T>, T> Linked<T>(RecordCodec<T> item) =>
        new(new(_ => null, (_, _) => new(), (l, i) => l.AddLast(i)), item);

    private static ContainerCodec<ConcurrentQueue<T>, T> Queue<T>(RecordCodec<T> item) =>
        new(new(_ => null, (_, _) => new(), (q, i) => q.Enqueue(i), IsConcurrent: true), item);

    private static ContainerCodec<ConcurrentStack<T>, T> Stack<T>(RecordCodec<T> item) =>
        new(new(_ => null, null, null, (_, items) => new ConcurrentStack<T>(items.Reverse()), IsConcurrent: true), item);
}
