namespace Agora.MapReduce;

/// <summary>Turns input records into key-value pairs. One object runs one map task, on one thread.</summary>
public abstract class Mapper<KIn, VIn, KOut, VOut>
{
    /// <summary>Gives the task's records out one by one, and takes what the mapper makes of them.</summary>
    public abstract class Context : TaskContext<KOut, VOut>
    {
        private protected Context(ITaskHost host) : base(host)
        {
        }

        public abstract KIn CurrentKey { get; }
        public abstract VIn CurrentValue { get; }

        /// <summary>The part of a file that is read; null for an input that is no file.</summary>
        public abstract FileSplit? InputSplit { get; }

        public abstract bool NextKeyValue();
    }

    /// <summary>Called once, before the first record.</summary>
    protected virtual void Setup(Context context)
    {
    }

    /// <summary>Called for each record.</summary>
    protected abstract void Map(KIn key, VIn value, Context context);

    /// <summary>Called once, after the last record.</summary>
    protected virtual void Cleanup(Context context)
    {
    }

    /// <summary>The whole task; to be replaced by mappers that want to read in their own way.</summary>
    protected internal virtual void Run(Context context)
    {
        Setup(context);
        while (context.NextKeyValue())
            Map(context.CurrentKey, context.CurrentValue, context);
        Cleanup(context);
    }
}

/// <summary>Passes every record on.</summary>
public class IdentityMapper<K, V> : Mapper<K, V, K, V>
{
    protected override void Map(K key, V value, Context context) => context.Write(key, value);
}

/// <summary>Value and key change places.</summary>
public class InverseMapper<K, V> : Mapper<K, V, V, K>
{
    protected override void Map(K key, V value, Context context) => context.Write(value, key);
}
