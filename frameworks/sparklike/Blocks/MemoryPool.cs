namespace Agora.Spark.Blocks;

/// <summary>
/// An executor's memory for records, as one number: kept blocks and what shuffles hold together stay below it, as far as
/// sizes can be estimated. What does not get memory spills to disk, or is not kept.
/// </summary>
internal sealed class MemoryPool(long limitBytes)
{
    private readonly Lock _lock = new();
    private long _used;

    public long LimitBytes { get; } = limitBytes;

    public long UsedBytes
    {
        get
        {
            lock (_lock)
                return _used;
        }
    }

    /// <summary>
    /// Frees memory of kept blocks: so many bytes are needed, by a block of a dataset or (null) a running task. Says
    /// whether it has freed any.
    /// </summary>
    public Func<long, int?, bool>? Evict { get; set; }

    /// <summary>Takes what nobody has, evicting none.</summary>
    public bool TryTakeFree(long bytes)
    {
        lock (_lock)
        {
            if (_used + bytes > LimitBytes)
                return false;
            _used += bytes;
            return true;
        }
    }

    /// <returns>False if there is none to be had.</returns>
    public bool TryTake(long bytes, int? rddId)
    {
        for (var mayEvict = true; ;)
        {
            if (TryTakeFree(bytes))
                return true;
            if (!mayEvict || bytes > LimitBytes)
                return false;
            // Another thread may have freed some, even if this one cannot.
            mayEvict = Evict?.Invoke(UsedBytes + bytes - LimitBytes, rddId) == true;
        }
    }

    /// <summary>Takes what cannot be done without.</summary>
    public void Take(long bytes)
    {
        lock (_lock)
            _used += bytes;
    }

    public void Give(long bytes)
    {
        lock (_lock)
            _used -= bytes;
    }
}
