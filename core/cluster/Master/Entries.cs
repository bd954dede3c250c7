namespace Agora.Cluster;

/// <summary>A framework as the master knows it.</summary>
internal sealed class FrameworkEntry(FrameworkId id, FrameworkInfo info, DateTimeOffset registered)
{
    public FrameworkId Id { get; } = id;
    public FrameworkInfo Info { get; set; } = info;
    public DateTimeOffset Registered { get; } = registered;

    /// <summary>The active scheduler's connection; null while none is connected.</summary>
    public long? Connection { get; set; }

    /// <summary>Raised with each subscription, so that a timer of an older one is known as such.</summary>
    public int Subscriptions { get; set; }

    /// <summary>Live tasks, and ended ones whose last update is not acknowledged.</summary>
    public Dictionary<TaskId, TaskEntry> Tasks { get; } = [];
    public Queue<TaskEntry> Completed { get; } = new();

    /// <summary>Agents it ever launched something on, to be told when it ends.</summary>
    public HashSet<AgentId> Agents { get; } = [];
    public Dictionary<OfferId, OfferEntry> Offers { get; } = [];
    public LinkedList<DeclineView> Declines { get; } = new();
    public long OffersMade { get; set; }
    public long OffersAccepted { get; set; }
    public long OffersDeclined { get; set; }
    public long OffersRescinded { get; set; }
}

/// <summary>An agent as the master knows it.</summary>
internal sealed class AgentEntry(AgentId id, AgentInfo info, DateTimeOffset registered)
{
    public AgentId Id { get; } = id;
    public AgentInfo Info { get; set; } = info;
    public DateTimeOffset Registered { get; } = registered;

    /// <summary>Null while the agent is not connected.</summary>
    public long? Connection { get; set; }
    public AgentCondition Condition { get; set; } = AgentCondition.Active;
    public bool Draining { get; set; }
    public int PingsMissed { get; set; }
    public DateTimeOffset DisconnectedSince { get; set; }
    public Dictionary<(FrameworkId, TaskId), TaskEntry> Tasks { get; } = [];
    public Dictionary<(FrameworkId, ExecutorId), ExecutorSpec> Executors { get; } = [];
    public Dictionary<OfferId, OfferEntry> Offers { get; } = [];
}

/// <summary>A task as the master knows it.</summary>
internal sealed class TaskEntry(FrameworkEntry framework, AgentEntry agent, TaskSpec spec, long number)
{
    /// <summary>Statuses remembered, the newest.</summary>
    public const int HistoryMax = 10;

    public FrameworkEntry Framework { get; } = framework;
    public AgentEntry Agent { get; set; } = agent;
    public TaskSpec Spec { get; } = spec;

    /// <summary>Counts launches; a larger number was launched later.</summary>
    public long Number { get; } = number;
    public TaskState State { get; set; } = TaskState.Staging;

    /// <summary>It holds its resources in the allocator's accounts.</summary>
    public bool Charged { get; set; } = true;

    /// <summary>Number of the update that ended it, to be acknowledged.</summary>
    public long? TerminalSequence { get; set; }

    /// <summary>That it ended, and how, was told in answer to its scheduler: nothing else may be told after that.</summary>
    public bool EndTold { get; set; }

    /// <summary>A kill asked for while its agent was not connected.</summary>
    public AgentCommand.KillTask? PendingKill { get; set; }
    public List<TaskStatus> History { get; } = new(2);

    public void Remember(TaskStatus status)
    {
        if (History.Count == HistoryMax)
            History.RemoveAt(0);
        History.Add(status);
    }
}

/// <summary>An offer that is out.</summary>
internal sealed record OfferEntry(Offer Offer, FrameworkEntry Framework, AgentEntry Agent, DateTimeOffset Made);
