namespace Agora.MapReduce;

/// <summary>Says which reduce a record goes to. Without one it is Hadoop's hash of the key's bytes.</summary>
public abstract class Partitioner<K, V>
{
    /// <summary>Called once, before the first record of a map.</summary>
    /// <param name="workDirectory">Where the job's <c>-files</c> are.</param>
    public virtual void Configure(JobConf conf, string workDirectory)
    {
    }

    /// <returns>0 up to below <paramref name="numPartitions"/>.</returns>
    public abstract int GetPartition(K key, V value, int numPartitions);
}
