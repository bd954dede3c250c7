namespace Agora.Sdk;

/// <summary>
/// What a session knows of its tasks: which live, where, and the last update each has had. Ended tasks are kept for a
/// while, so that an update repeated because its acknowledgement was lost is known for what it is.
/// </summary>
internal sealed class TaskLedger(TimeSpan endedKept, int endedMax)
{
    private readonly Dictionary<TaskId, Entry> _entries = [];
    private readonly Queue<(TaskId Task, Entry Entry, DateTimeOffset Until)> _ended = new();

    /// <summary>A task goes out in an Accept; its id begins anew if it was used before.</summary>
    public void Launched(TaskId task, AgentId agent) => _entries[task] = new Entry { Agent = agent };

    /// <summary>True if this very update, or a later one of the task, has been noted before.</summary>
    public bool IsRepeated(TaskStatus status) =>
        status.Sequence > 0 && _entries.TryGetValue(status.TaskId, out var entry) && status.Sequence <= entry.Sequence;

    /// <returns>
    /// False for what comes behind an end that was told before, in answer to a reconciliation or by the master for an agent that
    /// is lost: a task has one end, and nothing follows it.
    /// </returns>
    public bool Note(DateTimeOffset now, TaskStatus status)
    {
        // A task the master does not know will not be answered for again, so it is not asked for again.
        var ended = status.State.IsTerminal() || status.State == TaskState.Unknown;
        if (!_entries.TryGetValue(status.TaskId, out var entry))
        {
            if (status.State == TaskState.Unknown)
                return true;
            _entries[status.TaskId] = entry = new Entry();
        }
        entry.Agent = status.AgentId ?? entry.Agent;
        entry.Sequence = Math.Max(entry.Sequence, status.Sequence);
        // What is lost to a framework that does not tell partitions apart may come back, and an id that was refused may be that of
        // another task, which lives.
        if (entry is { EndedUntil: not null, State: not TaskState.Lost and not TaskState.Unknown and not TaskState.Error })
            return status.State == entry.State;
        entry.State = status.State;
        entry.EndedUntil = ended ? now + endedKept : null;
        if (ended)
            _ended.Enqueue((status.TaskId, entry, now + endedKept));
        return true;
    }

    /// <summary>Drops ended tasks whose time is over, or that are too many.</summary>
    public void Forget(DateTimeOffset now)
    {
        while (_ended.TryPeek(out var oldest) && (oldest.Until <= now || _ended.Count > endedMax))
        {
            _ended.Dequeue();
            // It may have come back to life, ended again later, or its id may have been launched anew.
            if (oldest.Entry.EndedUntil == oldest.Until &&
                _entries.TryGetValue(oldest.Task, out var entry) && ReferenceEquals(entry, oldest.Entry))
                _entries.Remove(oldest.Task);
        }
    }

    /// <summary>The tasks that have not ended, by id.</summary>
    public List<TaskReference> Live()
    {
        var live = new List<TaskReference>();
        foreach (var (task, entry) in _entries)
            if (entry.EndedUntil is null)
                live.Add(new TaskReference(task, entry.Agent));
        live.Sort((a, b) => a.TaskId.CompareTo(b.TaskId));
        return live;
    }

    private sealed class Entry
    {
        public AgentId? Agent;
        public long Sequence;
        public TaskState State;

        /// <summary>When the ended task is forgotten; null while it lives.</summary>
        public DateTimeOffset? EndedUntil;
    }
}
