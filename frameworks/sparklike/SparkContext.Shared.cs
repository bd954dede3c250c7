namespace Agora.Spark;

public sealed partial class SparkContext
{
    // Until the user has no use for one any more, its number must be known.
    private readonly Dictionary<long, WeakReference<Accumulator>> _accumulators = [];
    private long _accumulatorIds;

    /// <summary>Brings a value to all agents that run tasks which use it, once to each.</summary>
    /// <exception cref="SparkException">A value of the type cannot be written.</exception>
    public Broadcast<T> Broadcast<T>(T value)
    {
        ThrowIfUnusable();
        if (value is RDD)
            throw new SparkException("a dataset cannot be broadcast: broadcast what Collect gives");
        var id = Interlocked.Increment(ref _broadcastIds);
        _broadcasts.Add(id, value);
        return new Broadcast<T>(id, value, _broadcasts, CallSite.OfUser());
    }

    /// <param name="name">For people.</param>
    public LongAccumulator LongAccumulator(string? name = null) => Registered(new LongAccumulator(), name);

    /// <param name="name">For people.</param>
    public DoubleAccumulator DoubleAccumulator(string? name = null) => Registered(new DoubleAccumulator(), name);

    /// <param name="name">For people.</param>
    public CollectionAccumulator<T> CollectionAccumulator<T>(string? name = null) => Registered(new CollectionAccumulator<T>(), name);

    /// <summary>Makes an accumulator of one's own known, so that tasks can add to it.</summary>
    /// <exception cref="SparkException">It is known already.</exception>
    public void Register(Accumulator accumulator, string? name = null) => Registered(accumulator, name);

    /// <summary>Accumulators that have a name or are in use otherwise.</summary>
    internal IReadOnlyList<Accumulator> Accumulators
    {
        get
        {
            lock (_accumulators)
                return [.. _accumulators.Values.Select(w => w.TryGetTarget(out var a) ? a : null).OfType<Accumulator>()];
        }
    }

    /// <summary>Counts what a task has added; to be called once for each that has succeeded.</summary>
    internal void Count(IEnumerable<Accumulator> updates)
    {
        foreach (var update in updates)
        {
            WeakReference<Accumulator>? known;
            lock (_accumulators)
                _accumulators.TryGetValue(update.Id, out known);
            if (known is not null && known.TryGetTarget(out var accumulator))
                accumulator.MergeFrom(update);
        }
    }

    private T Registered<T>(T accumulator, string? name)
        where T : Accumulator
    {
        ThrowIfUnusable();
        lock (_accumulators)
        {
            accumulator.Register(_accumulatorIds++, name);
            _accumulators[accumulator.Id] = new WeakReference<Accumulator>(accumulator);
        }
        return accumulator;
    }
}
