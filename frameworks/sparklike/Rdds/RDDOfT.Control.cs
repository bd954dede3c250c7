namespace Agora.Spark;

public abstract partial class RDD<T>
{
    private bool _isCheckpointed;

    [NonSerialized]
    private CheckpointKind _wanted;

    /// <summary>Keeps partitions in memory once they are computed, as far as there is room.</summary>
    public RDD<T> Cache() => Persist(StorageLevel.MemoryOnly);

    /// <summary>Keeps partitions once they are computed.</summary>
    /// <exception cref="SparkException">It has another level already.</exception>
    public RDD<T> Persist(StorageLevel? level = null)
    {
        level ??= StorageLevel.MemoryOnly;
        if (StorageLevel.IsKept && level != StorageLevel)
            throw new SparkException(
                $"the storage level of {this} is {StorageLevel} already and cannot be changed to {level}; Unpersist it before");
        Context.Persisted(this, isKept: level.IsKept);
        StorageLevel = level;
        return this;
    }

    /// <summary>Forgets the partitions that are kept.</summary>
    /// <param name="blocking">Whether to wait until executors have done so.</param>
    public RDD<T> Unpersist(bool blocking = false)
    {
        Context.Unpersisted(this, blocking);
        StorageLevel = StorageLevel.None;
        return this;
    }

    public StorageLevel GetStorageLevel() => StorageLevel;

    public RDD<T> SetName(string name)
    {
        Name = name;
        return this;
    }

    /// <summary>Numbers of the partitions.</summary>
    public IReadOnlyList<int> Partitions => [.. Enumerable.Range(0, PartitionCount)];

    public int GetNumPartitions() => PartitionCount;

    /// <summary>Hosts that are best for a partition, by its own input or that of what it is computed from.</summary>
    public IReadOnlyList<string> PreferredLocations(int partition) => Placement.HostsOf(this, partition);

    /// <summary>The lineage as text: an indented block for each shuffle, numbers of partitions in parentheses.</summary>
    public string ToDebugString() => LineageText.Of(this);

    /// <summary>
    /// Has the dataset written to the directory of <see cref="SparkContext.SetCheckpointDir"/> by a job of its own after
    /// the next action, and its lineage forgotten. Persist it, or it is computed twice.
    /// </summary>
    /// <exception cref="SparkException">There is no checkpoint directory.</exception>
    public void Checkpoint()
    {
        if (Context.CheckpointDirectory is null)
            throw new SparkException($"{this} cannot be checkpointed: call SetCheckpointDir of the SparkContext before");
        Want(CheckpointKind.Reliable);
    }

    /// <summary>
    /// Keeps the dataset with the executors after the next action and has its lineage forgotten: quicker than
    /// <see cref="Checkpoint"/>, but what an executor takes along when it is lost cannot be computed again.
    /// </summary>
    public RDD<T> LocalCheckpoint()
    {
        Want(CheckpointKind.Local);
        if (!StorageLevel.IsKept)
            Persist(StorageLevel.MemoryAndDisk);
        return this;
    }

    /// <summary>Whether the lineage has been replaced by a checkpoint.</summary>
    public bool IsCheckpointed => _isCheckpointed;

    /// <summary>Where the checkpoint is; null if there is none in files.</summary>
    public string? GetCheckpointFile() =>
        _isCheckpointed && Dependencies[0].Parent is CheckpointRDD<T> checkpoint ? checkpoint.Directory : null;

    internal override bool WantsCheckpoint => _wanted != CheckpointKind.None;

    internal override void CheckpointNow(CancellationToken stop)
    {
        var wanted = _wanted;
        if (wanted == CheckpointKind.None)
            return;
        _wanted = CheckpointKind.None;
        try
        {
            RDD<T> restored = wanted == CheckpointKind.Reliable
                ? CheckpointRDD<T>.Write(this, stop) : LocalCheckpointRDD<T>.Keep(this, stop);
            Dependencies = [new OneToOneDependency(restored)];
            _isCheckpointed = true;
            Context.CheckpointDone();
        }
        catch
        {
            _wanted = wanted;
            throw;
        }
    }

    private void Want(CheckpointKind kind)
    {
        var context = Context;
        if (_isCheckpointed)
            return;
        if (_wanted == CheckpointKind.None)
            context.CheckpointWanted();
        if (_wanted != CheckpointKind.Reliable)
            _wanted = kind;
    }
}

internal enum CheckpointKind
{
    None,
    Local,
    Reliable,
}
