namespace Agora.Cluster;

/// <summary>A task on its agent, until its last update is acknowledged.</summary>
internal sealed class AgentTask(FrameworkInfo framework, TaskSpec spec, long number)
{
    public FrameworkInfo Framework { get; } = framework;
    public TaskSpec Spec { get; } = spec;

    /// <summary>Counts the agent's tasks in the order of their launch.</summary>
    public long Number { get; } = number;
    public TaskState State { get; set; } = TaskState.Staging;

    /// <summary>Of a command task.</summary>
    public ContainerId? Container { get; set; }

    /// <summary>The executor whose container it adds its resources to; null before its launch there, and once it has ended.</summary>
    public AgentExecutor? Holder { get; set; }

    /// <summary>Set once somebody asked to end it: what it is then said to have ended for.</summary>
    public StatusReason? KillReason { get; set; }

    /// <summary>Updates not acknowledged, oldest first; only the first is on its way.</summary>
    public Queue<TaskStatus> Updates { get; } = new();
    public long LastSequence { get; set; }

    /// <summary>The executor's own number of its last update, to know a repeated one.</summary>
    public long ExecutorSequence { get; set; }
    public TimeSpan RetryWait { get; set; }

    /// <summary>When the first update is sent again; a retry planned for another time is one of the past.</summary>
    public DateTimeOffset RetryDue { get; set; }
}

/// <summary>An executor on its agent, from the launch of its container until the container's end.</summary>
internal sealed class AgentExecutor(FrameworkInfo framework, ExecutorSpec spec, ContainerId container, string token)
{
    public FrameworkInfo Framework { get; } = framework;
    public ExecutorSpec Spec { get; } = spec;
    public ContainerId Container { get; } = container;
    public string Token { get; } = token;

    /// <summary>Its own and those of its tasks that have not ended.</summary>
    public Resources Held { get; private set; } = spec.Resources;

    /// <summary>Null until it has subscribed, and while its connection is broken.</summary>
    public long? Connection { get; set; }
    public bool Subscribed { get; set; }

    /// <summary>It has a time by which it must connect: it was just launched, or its agent started anew.</summary>
    public bool Awaited { get; set; }

    public void Add(AgentTask task)
    {
        task.Holder = this;
        Held += task.Spec.Resources;
    }

    public void Remove(AgentTask task)
    {
        task.Holder = null;
        Held -= task.Spec.Resources;
    }
}
