namespace Agora.Spark;

public sealed partial class SparkContext
{
    private readonly Dictionary<int, WeakReference<RDD>> _persisted = [];
    private string? _checkpointDirectory;
    private int _checkpointsWanted;

    /// <summary>Where <c>Checkpoint</c> writes; a directory of its own is made in it. On a cluster, of a store that all agents reach.</summary>
    public void SetCheckpointDir(string directory)
    {
        ThrowIfUnusable();
        _checkpointDirectory = $"{directory.TrimEnd('/')}/{Guid.NewGuid()}";
    }

    /// <summary>Null if none has been set.</summary>
    public string? GetCheckpointDir() => _checkpointDirectory;

    /// <summary>The persisted datasets that are still in use, by number.</summary>
    public IReadOnlyDictionary<int, RDD> GetPersistentRDDs()
    {
        lock (_persisted)
        {
            foreach (var (id, _) in _persisted.Where(p => !p.Value.TryGetTarget(out _)).ToList())
                _persisted.Remove(id);
            return _persisted.ToDictionary(p => p.Key, p => p.Value.TryGetTarget(out var rdd) ? rdd : null!);
        }
    }

    internal string? CheckpointDirectory => _checkpointDirectory;

    internal void CheckpointWanted() => Interlocked.Increment(ref _checkpointsWanted);

    internal void CheckpointDone() => Interlocked.Decrement(ref _checkpointsWanted);

    internal void Persisted(RDD rdd, bool isKept)
    {
        lock (_persisted)
        {
            if (isKept)
                _persisted[rdd.Id] = new WeakReference<RDD>(rdd);
        }
    }

    internal void Unpersisted(RDD rdd, bool blocking)
    {
        bool wasKept;
        lock (_persisted)
            wasKept = _persisted.Remove(rdd.Id);
        if (wasKept)
            _runner.Unpersist(rdd.Id, blocking);
    }

    /// <summary>After a job: writes the checkpoints that have been asked for of what it has computed.</summary>
    private void WriteCheckpoints(RDD rdd, CancellationToken stop)
    {
        if (Volatile.Read(ref _checkpointsWanted) == 0)
            return;
        // The sources first: what comes after them is then read from their checkpoints.
        foreach (var wanting in Lineage.Of(rdd).Reverse().Where(r => r.WantsCheckpoint).ToList())
            wanting.CheckpointNow(stop);
    }
}
