namespace Agora.Spark;

/// <summary>Groups of two to four datasets. A value is wrapped with the place of its dataset, so that one table holds all.</summary>
internal static class CoGroups
{
    public static RDD<(K Key, (List<V> Left, List<W> Right) Value)> Two<K, V, W>(
        RDD<(K Key, V Value)> left, RDD<(K Key, W Value)> right, Partitioner partitioner) =>
        new CoGroupedRDD<K, OneOf<V, W>, (List<V> Left, List<W> Right)>(left.Context, partitioner, new(
            static value => Add(([], []), value),
            Add,
            static (a, b) =>
            {
                a.Left.AddRange(b.Left);
                a.Right.AddRange(b.Right);
                return a;
            },
            OnMapSide: false),
            [
                CoGroupInput<K, V, OneOf<V, W>>.Of(left, partitioner, static v => new(0, v, default!)),
                CoGroupInput<K, W, OneOf<V, W>>.Of(right, partitioner, static w => new(1, default!, w)),
            ]);

    public static RDD<(K Key, (List<V> First, List<W1> Second, List<W2> Third) Value)> Three<K, V, W1, W2>(
        RDD<(K Key, V Value)> first, RDD<(K Key, W1 Value)> second, RDD<(K Key, W2 Value)> third, Partitioner partitioner) =>
        new CoGroupedRDD<K, OneOf<V, W1, W2>, (List<V> First, List<W1> Second, List<W2> Third)>(first.Context, partitioner, new(
            static value => Add(([], [], []), value),
            Add,
            static (a, b) =>
            {
                a.First.AddRange(b.First);
                a.Second.AddRange(b.Second);
                a.Third.AddRange(b.Third);
                return a;
            },
            OnMapSide: false),
            [
                CoGroupInput<K, V, OneOf<V, W1, W2>>.Of(first, partitioner, static v => new(0, v, default!, default!)),
                CoGroupInput<K, W1, OneOf<V, W1, W2>>.Of(second, partitioner, static w => new(1, default!, w, default!)),
                CoGroupInput<K, W2, OneOf<V, W1, W2>>.Of(third, partitioner, static w => new(2, default!, default!, w)),
            ]);

    public static RDD<(K Key, (List<V> First, List<W1> Second, List<W2> Third, List<W3> Fourth) Value)> Four<K, V, W1, W2, W3>(
        RDD<(K Key, V Value)> first, RDD<(K Key, W1 Value)> second, RDD<(K Key, W2 Value)> third, RDD<(K Key, W3 Value)> fourth,
        Partitioner partitioner) => Two(Two(first, second, partitioner), Two(third, fourth, partitioner), partitioner)
            .MapValues(static pairs => (Lefts(pairs.Left), Rights(pairs.Left), Lefts(pairs.Right), Rights(pairs.Right)));

    /// <summary>The left's pairs whose keys the right does not have.</summary>
    public static RDD<(K Key, V Value)> Subtract<K, V, W>(
        RDD<(K Key, V Value)> left, RDD<(K Key, W Value)> right, Partitioner partitioner) =>
        new CoGroupedRDD<K, OneOf<V, bool>, (List<V> Left, bool IsInRight)>(left.Context, partitioner, new(
            static value => Add(([], false), value),
            Add,
            static (a, b) =>
            {
                a.Left.AddRange(b.Left);
                return (a.Left, a.IsInRight || b.IsInRight);
            },
            OnMapSide: false),
            [
                CoGroupInput<K, V, OneOf<V, bool>>.Of(left, partitioner, static v => new(0, v, false)),
                CoGroupInput<K, W, OneOf<V, bool>>.Of(right, partitioner, static _ => new(1, default!, true)),
            ]).FlatMapValues(static group => group.IsInRight ? [] : group.Left);

    private static (List<V> Left, List<W> Right) Add<V, W>((List<V> Left, List<W> Right) group, OneOf<V, W> value)
    {
        if (value.Place == 0)
            group.Left.Add(value.First);
        else
            group.Right.Add(value.Second);
        return group;
    }

    private static (List<V> Left, bool IsInRight) Add<V>((List<V> Left, bool IsInRight) group, OneOf<V, bool> value)
    {
        if (value.Place == 1)
            return (group.Left, true);
        group.Left.Add(value.First);
        return group;
    }

    private static (List<V> First, List<W1> Second, List<W2> Third) Add<V, W1, W2>(
        (List<V> First, List<W1> Second, List<W2> Third) group, OneOf<V, W1, W2> value)
    {
        if (value.Place == 0)
            group.First.Add(value.First);
        else if (value.Place == 1)
            group.Second.Add(value.Second);
        else
            group.Third.Add(value.Third);
        return group;
    }

    // One group at most: keys come once from each pair of datasets.
    private static List<V> Lefts<V, W>(List<(List<V> Left, List<W> Right)> one) => one.Count > 0 ? one[0].Left : [];

    private static List<W> Rights<V, W>(List<(List<V> Left, List<W> Right)> one) => one.Count > 0 ? one[0].Right : [];
}

/// <param name="Place">Which of the values it is.</param>
internal readonly record struct OneOf<V, W>(byte Place, V First, W Second);

/// <param name="Place">Which of the values it is.</param>
internal readonly record struct OneOf<V, W1, W2>(byte Place, V First, W1 Second, W2 Third);
