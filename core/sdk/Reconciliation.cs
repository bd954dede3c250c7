namespace Agora.Sdk;

/// <summary>
/// Asks the master for the state of given tasks, again and again with growing waits, until each has been answered.
/// The master is silent about tasks whose agent it still waits for, so asking once is not enough.
/// </summary>
internal sealed class Reconciliation(Backoff backoff, int tasksPerCallMax)
{
    private readonly Dictionary<TaskId, TaskReference> _open = [];

    /// <summary>When to ask again; null if nothing is open.</summary>
    public DateTimeOffset? NextDeadline { get; private set; }

    /// <summary>Begins anew with these tasks; due at once.</summary>
    public void Start(DateTimeOffset now, IReadOnlyList<TaskReference> tasks)
    {
        Stop();
        foreach (var task in tasks)
            _open[task.TaskId] = task;
        NextDeadline = _open.Count == 0 ? null : now;
    }

    public void Stop()
    {
        _open.Clear();
        backoff.Reset();
        NextDeadline = null;
    }

    /// <summary>An update of any kind about the task has come.</summary>
    public void Answered(TaskId task)
    {
        if (_open.Remove(task) && _open.Count == 0)
            Stop();
    }

    /// <summary>The calls that are due now.</summary>
    public List<SchedulerCall.Reconcile> Due(DateTimeOffset now)
    {
        var calls = new List<SchedulerCall.Reconcile>();
        if (NextDeadline is not { } due || now < due)
            return calls;
        foreach (var chunk in _open.Values.OrderBy(t => t.TaskId).Chunk(tasksPerCallMax))
            calls.Add(new SchedulerCall.Reconcile(chunk));
        NextDeadline = now + backoff.Next();
        return calls;
    }
}
