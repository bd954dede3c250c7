namespace Agora.Cluster;

/// <summary>What can happen to a master. Connections are numbered by the host, never reused.</summary>
public abstract record MasterEvent
{
    private MasterEvent()
    {
    }

    public sealed record SchedulerCalled(long Connection, SchedulerCall Call) : MasterEvent
    {
        /// <summary>Of an Accept: the tasks that the framework's principal may not run, and why; null for none.</summary>
        public IReadOnlyDictionary<TaskId, string>? Denied { get; init; }
    }

    public sealed record SchedulerDisconnected(long Connection) : MasterEvent;
    public sealed record AgentCalled(long Connection, AgentCall Call) : MasterEvent;
    public sealed record AgentDisconnected(long Connection) : MasterEvent;

    /// <param name="Request">Named again in the answer, <see cref="MasterEffect.Answer"/>.</param>
    public sealed record Ordered(long Request, OperatorCommand Command) : MasterEvent;

    /// <summary>What <see cref="MasterEffect.Store"/> asked for is done, or will not be.</summary>
    /// <param name="Failed">Null if it is stored for good, else why it is certain not to be.</param>
    public sealed record Stored(long Number, string? Failed) : MasterEvent;

    /// <summary><see cref="Master.NextDeadline"/> has come.</summary>
    public sealed record Tick : MasterEvent;
}

/// <summary>What a master wants done, in order.</summary>
public abstract record MasterEffect
{
    private MasterEffect()
    {
    }

    public sealed record ToScheduler(long Connection, SchedulerEvent Event) : MasterEffect;
    public sealed record ToAgent(long Connection, AgentCommand Command) : MasterEffect;

    /// <summary>Close the connection once what was sent to it is out.</summary>
    public sealed record Close(long Connection) : MasterEffect;

    /// <summary>
    /// Store this in place of what was stored before, so that the next leader finds it; answered by <see cref="MasterEvent.Stored"/>.
    /// The next is asked for only after that.
    /// </summary>
    public sealed record Store(long Number, Registry Registry) : MasterEffect;

    /// <param name="Refused">Null if the order was carried out, else why not.</param>
    public sealed record Answer(long Request, string? Refused) : MasterEffect;
}
