namespace Agora.Spark.Scheduling;

/// <summary>An agent that has been offered, and the application's executor on it.</summary>
internal sealed class AgentEntry(AgentId id, string hostname)
{
    public AgentId Id => id;
    public string Hostname => hostname;

    /// <summary>Host and port of its file server.</summary>
    public string Address { get; set; } = "";
    public string? Rack { get; set; }

    /// <summary>Null while none runs.</summary>
    public ExecutorRun? Executor { get; set; }

    /// <summary>Executors in a row that have ended before they ran anything.</summary>
    public int FailedStarts { get; set; }
    public DateTimeOffset PausedUntil { get; set; } = DateTimeOffset.MinValue;
}

/// <summary>One life of an executor, from the first task that names it to its loss.</summary>
internal sealed class ExecutorRun(AgentEntry agent)
{
    public AgentEntry Agent => agent;

    /// <summary>Its tasks, those that are to end included.</summary>
    public HashSet<TaskAttempt> Live { get; } = [];

    /// <summary>A task of its has been heard of, so the master knows that it runs.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>It has run a task.</summary>
    public bool HasRun { get; set; }
    public bool IsGone { get; set; }
}
