namespace Agora.Spark;

/// <summary>
/// A value that tasks add to and the driver reads. What a task adds counts when it has succeeded: in actions once for
/// each partition; in transformations again whenever a partition is computed again.
/// <para>
/// Derive from it for a sum of one's own. Register it with <see cref="SparkContext.Register"/> before tasks use it.
/// </para>
/// </summary>
public abstract class AccumulatorV2<TIn, TOut> : Accumulator
{
    // Of the task that a thread added for last.
    [ThreadStatic]
    private static (TaskContext? Task, long Id, AccumulatorV2<TIn, TOut>? Own) _last;

    /// <summary>The sum so far, in the driver.</summary>
    /// <exception cref="SparkException">A task asked: it cannot know what the others have added.</exception>
    public TOut Value => TaskContext.Current is null ? Result() : throw new SparkException(
        $"the value of the accumulator {Name ?? Id.ToString()} was read in a task: tasks can only add to it; read it in the driver after an action");

    /// <summary>Adds to it, in a task or in the driver.</summary>
    public void Add(TIn value)
    {
        if (TaskContext.Current is { } task)
            Own(task).Include(value);
        else
            lock (this)
                Include(value);
    }

    /// <summary>Whether nothing has been added.</summary>
    public abstract bool IsZero { get; }

    /// <summary>Makes it as if nothing had been added.</summary>
    public abstract void Reset();

    /// <summary>A new one that holds the same.</summary>
    public abstract AccumulatorV2<TIn, TOut> Copy();

    /// <summary>Adds what another of the same class holds.</summary>
    public abstract void Merge(AccumulatorV2<TIn, TOut> other);

    /// <summary>Adds a value to what this object holds. Called by one thread at a time.</summary>
    protected abstract void Include(TIn value);

    /// <summary>What this object holds.</summary>
    protected abstract TOut Result();

    internal sealed override Accumulator EmptyCopy()
    {
        var copy = Copy();
        copy.Reset();
        (copy.Id, copy.Name) = (Id, Name);
        return copy;
    }

    internal sealed override void MergeFrom(Accumulator task)
    {
        lock (this)
            Merge((AccumulatorV2<TIn, TOut>)task);
    }

    private AccumulatorV2<TIn, TOut> Own(TaskContext task)
    {
        if (_last.Task == task && _last.Id == Id)
            return _last.Own!;
        if (Id < 0)
            throw new SparkException("an accumulator was used in a task before SparkContext.Register was called for it");
        var own = (AccumulatorV2<TIn, TOut>)task.Accumulators.Of(this);
        _last = (task, Id, own);
        return own;
    }
}
