namespace Agora.Spark.Blocks;

/// <summary>What one user of a <see cref="MemoryPool"/> holds of it. Not for several threads.</summary>
/// <param name="rddId">The dataset whose block it is for; null for a running task.</param>
internal sealed class MemoryLease(MemoryPool pool, int? rddId = null) : IDisposable
{
    /// <summary>So much a running task has in any case: with less it would do nothing but spill.</summary>
    private const long AlwaysBytes = 1 << 20;

    /// <summary>Taken at once, so that the pool is rarely asked.</summary>
    private const long StepBytes = 1 << 20;

    public long HeldBytes { get; private set; }

    /// <summary>Sees to it that it holds this much at least.</summary>
    public bool TryHold(long bytes)
    {
        if (bytes <= HeldBytes)
            return true;
        // A step more if there is room, or just enough.
        if (pool.TryTakeFree(bytes + StepBytes - HeldBytes))
        {
            HeldBytes = bytes + StepBytes;
            return true;
        }
        if (!pool.TryTake(bytes - HeldBytes, rddId))
        {
            if (rddId is not null || bytes > AlwaysBytes)
                return false;
            pool.Take(bytes - HeldBytes);
        }
        HeldBytes = bytes;
        return true;
    }

    /// <summary>Gives back what is past this.</summary>
    public void Shrink(long bytes)
    {
        if (bytes >= HeldBytes)
            return;
        pool.Give(HeldBytes - bytes);
        HeldBytes = bytes;
    }

    /// <summary>What is held is someone else's to give back from now on.</summary>
    public long HandOver()
    {
        var held = HeldBytes;
        HeldBytes = 0;
        return held;
    }

    public void Dispose() => Shrink(0);
}
