namespace Agora.MapReduce;

/// <summary>
/// Makes something of all values of a key. One object runs one reduce task, or a combiner over one sorted run, on one
/// thread. A combiner's input and output are of the same types, and it must not matter how often it runs.
/// </summary>
public abstract class Reducer<KIn, VIn, KOut, VOut>
{
    /// <summary>Gives the task's groups out one by one, and takes what the reducer makes of them.</summary>
    public abstract class Context : TaskContext<KOut, VOut>
    {
        private protected Context(ITaskHost host) : base(host)
        {
        }

        /// <summary>The key of the value last read: with a grouping comparator, keys differ within a group.</summary>
        public abstract KIn CurrentKey { get; }

        /// <summary>To be gone through once; values of <c>ReadOnlyMemory</c> are valid until the next.</summary>
        public abstract IEnumerable<VIn> Values { get; }

        public abstract bool NextKey();
    }

    /// <summary>Called once, before the first key.</summary>
    protected virtual void Setup(Context context)
    {
    }

    /// <summary>Called for each key.</summary>
    /// <param name="values">To be gone through once.</param>
    protected abstract void Reduce(KIn key, IEnumerable<VIn> values, Context context);

    /// <summary>Called once, after the last key.</summary>
    protected virtual void Cleanup(Context context)
    {
    }

    /// <summary>The whole task; to be replaced by reducers that want to read in their own way.</summary>
    protected internal virtual void Run(Context context)
    {
        Setup(context);
        while (context.NextKey())
            Reduce(context.CurrentKey, context.Values, context);
        Cleanup(context);
    }
}

/// <summary>Passes every value on.</summary>
public class IdentityReducer<K, V> : Reducer<K, V, K, V>
{
    protected override void Reduce(K key, IEnumerable<V> values, Context context)
    {
        foreach (var value in values)
            context.Write(context.CurrentKey, value);
    }
}

/// <summary>Adds a key's values up.</summary>
public class LongSumReducer<K> : Reducer<K, long, K, long>
{
    protected override void Reduce(K key, IEnumerable<long> values, Context context) =>
        context.Write(key, values.Sum());
}
