namespace Agora.Spark;

/// <summary>What a running task knows of itself and has at hand. Never shipped.</summary>
public sealed class TaskContext : IDisposable
{
    // Flows into threads that a user's function starts, so that accumulators and broadcasts work there as well.
    private static readonly AsyncLocal<TaskContext?> OfThread = new();

    private readonly List<Action> _atEnd = [];

    internal TaskContext(int stageId, int partitionId, int attemptNumber, ITaskServices services, CancellationToken stop)
    {
        StageId = stageId;
        PartitionId = partitionId;
        AttemptNumber = attemptNumber;
        Services = services;
        Stop = stop;
    }

    /// <summary>The task that runs on this thread; null in the driver.</summary>
    public static TaskContext? Current => OfThread.Value;

    public int StageId { get; }

    /// <summary>Which of its dataset's partitions the task computes.</summary>
    public int PartitionId { get; }

    /// <summary>0 the first time the partition is tried.</summary>
    public int AttemptNumber { get; }

    /// <summary>Set when the task's result is no longer wanted. A function that takes long should look at it.</summary>
    public CancellationToken Stop { get; }

    internal ITaskServices Services { get; }

    internal TaskMetrics Metrics { get; } = new();

    internal AccumulatorUpdates Accumulators { get; } = new();

    /// <summary>Has something done when the task ends, however it does; what was asked last is done first.</summary>
    public void OnCompletion(Action action)
    {
        lock (_atEnd)
            _atEnd.Add(action);
    }

    /// <summary>Makes it <see cref="Current"/> on this thread until the result is disposed of, which ends the task.</summary>
    internal TaskContext Enter()
    {
        OfThread.Value = this;
        return this;
    }

    /// <summary>Ends the task.</summary>
    void IDisposable.Dispose()
    {
        OfThread.Value = null;
        lock (_atEnd)
        {
            for (var i = _atEnd.Count - 1; i >= 0; i--)
                _atEnd[i]();
            _atEnd.Clear();
        }
    }
}
