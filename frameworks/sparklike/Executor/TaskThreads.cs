namespace Agora.Spark.Executor;

/// <summary>
/// Threads for tasks, used again. Not the runtime's pool: tasks wait for files and for others' work, and a pool full of
/// waiting tasks has no thread left for what they wait for.
/// </summary>
internal sealed class TaskThreads
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();

    // Bounded by the tasks that the cluster gave processors for.
    private readonly Queue<Action> _work = new();
    private int _idle;

    /// <summary>Runs at once, on a thread of its own.</summary>
    public void Run(Action work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_work.Count <= _idle)
            {
                Monitor.Pulse(_gate);
                return;
            }
        }
        new Thread(Loop) { IsBackground = true, Name = "task" }.Start();
    }

    private void Loop()
    {
        while (Next() is { } work)
            work();
    }

    /// <summary>Null if there was nothing to do for a while.</summary>
    private Action? Next()
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                _idle++;
                var isCalled = Monitor.Wait(_gate, IdleMax);
                _idle--;
                if (!isCalled && _work.Count == 0)
                    return null;
            }
            return _work.Dequeue();
        }
    }
}
