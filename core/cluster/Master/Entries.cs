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

    /// <summary>Connections of schedulers that stand by, the next to take over first.</summary>
    public List<long> Standbys { get; } = [];

    /// <summary>Live tasks, and ended ones whose last update is not acknowledged.</summary>
    public Dictionary<TaskId, TaskEntry> Tasks { get; } = [];
    public Queue<TaskEntry> Completed { get; } = new();

    /// <summary>Agents it ever launched something on, to be told when it ends.</summary>
    public HashSet<AgentId> Agents { get; } = [];
    public Dictionary<OfferId, OfferEntry> Offers { get; } = [];

    /// <summary>What it shows of itself; null if it shows nothing.</summary>
    public SchedulerCall.Publish? Page { get; set; }
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

    /// <summary>Names the agent's process.</summary>
    public string Instance { get; set; } = "";

    /// <summary>Another process that would be this agent, while this one is asked whether it still lives.</summary>
    public Challenger? Challenger { get; set; }
    public AgentCondition Condition { get; set; } = AgentCondition.Active;
    public int PingsMissed { get; set; }
    public DateTimeOffset DisconnectedSince { get; set; }
    public Dictionary<(FrameworkId, TaskId), TaskEntry> Tasks { get; } = [];
    public Dictionary<(FrameworkId, ExecutorId), ExecutorSpec> Executors { get; } = [];
    public Dictionary<OfferId, OfferEntry> Offers { get; } = [];

    /// <summary>Maintenance of its machine that was not over when the list was made.</summary>
    public IReadOnlyList<MaintenanceWindow> Windows { get; set; } = [];

    /// <summary>One for each window and framework that has something here.</summary>
    public Dictionary<(string Window, FrameworkId), InverseEntry> InverseOffers { get; } = [];

    /// <summary>Who has what here has changed since inverse offers were last looked after.</summary>
    public bool InverseDirty { get; set; }
}

/// <summary>Who registers with the id of an agent that is connected, and by when that one must answer to stay it.</summary>
/// <param name="Ping">The number of the ping that it is to answer.</param>
internal sealed record Challenger(long Connection, AgentCall.Register Call, long Ping, DateTimeOffset Due);

/// <summary>An inverse offer and what has become of it.</summary>
internal sealed class InverseEntry(OfferId id, MaintenanceWindow window, AgentEntry agent, FrameworkEntry framework)
{
    public OfferId Id { get; } = id;
    public MaintenanceWindow Window { get; } = window;
    public AgentEntry Agent { get; } = agent;
    public FrameworkEntry Framework { get; } = framework;

    /// <summary>The scheduler's connection that it was sent on; an unanswered one is sent again on the next.</summary>
    public long? SentOn { get; set; }

    /// <summary>Null while it is not answered.</summary>
    public bool? Accepted { get; set; }
    public string Reason { get; set; } = "";
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
