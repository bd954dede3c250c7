namespace Agora.Sdk;

/// <summary>
/// What happens to a <see cref="SchedulerSession"/>. Connections carry the number the session gave them; inputs of
/// any but its present one are ignored, so a host may pass on what arrives late.
/// </summary>
public abstract record SessionInput
{
    private SessionInput()
    {
    }

    /// <summary>The connection asked for by <see cref="SessionOutput.Connect"/> can be sent on.</summary>
    public sealed record Connected(long Connection) : SessionInput;

    /// <summary>The connection could not be made, or it ended.</summary>
    public sealed record Disconnected(long Connection, string Reason) : SessionInput;

    /// <summary>Another master leads than the one tried last: waiting longer before the next try is of no use.</summary>
    public sealed record Elected : SessionInput;

    public sealed record FromMaster(long Connection, SchedulerEvent Event) : SessionInput;

    /// <summary>A call the framework makes of its own accord, not in answer to an event.</summary>
    public sealed record FromScheduler(SchedulerCall Call) : SessionInput;

    /// <summary>Time has passed; wanted at <see cref="SchedulerSession.NextDeadline"/>.</summary>
    public sealed record Tick : SessionInput;

    /// <summary>Leave without teardown: the framework may come back within its failover timeout.</summary>
    public sealed record Stop : SessionInput;
}

/// <summary>What a <see cref="SchedulerSession"/> wants done, in order.</summary>
public abstract record SessionOutput
{
    private SessionOutput()
    {
    }

    /// <summary>Connect to a master, the next one where several are known; answer with Connected or Disconnected.</summary>
    public sealed record Connect(long Connection) : SessionOutput;

    /// <summary>Send on the present connection.</summary>
    public sealed record Send(SchedulerCall Call) : SessionOutput;

    /// <summary>Close the connection once what was sent on it is through. No answer is needed.</summary>
    public sealed record Close(long Connection) : SessionOutput;

    /// <summary>The session is over and does nothing any more.</summary>
    /// <param name="Error">The master's fatal error; null after teardown or stop.</param>
    public sealed record Ended(string? Error) : SessionOutput;
}
