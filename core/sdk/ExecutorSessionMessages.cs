namespace Agora.Sdk;

/// <summary>
/// What happens to an <see cref="ExecutorSession"/>. Inputs of any but its present connection are ignored.
/// </summary>
public abstract record ExecutorInput
{
    private ExecutorInput()
    {
    }

    /// <summary>The connection asked for by <see cref="ExecutorOutput.Connect"/> can be sent on.</summary>
    public sealed record Connected(long Connection) : ExecutorInput;

    /// <summary>The connection could not be made, or it ended.</summary>
    public sealed record Disconnected(long Connection, string Reason) : ExecutorInput;

    public sealed record FromAgent(long Connection, ExecutorEvent Event) : ExecutorInput;

    /// <summary>The executor reports on a task; the session numbers the update.</summary>
    public sealed record Update(TaskStatus Status) : ExecutorInput;

    /// <summary>The executor speaks to its scheduler.</summary>
    public sealed record Message(ReadOnlyMemory<byte> Data) : ExecutorInput;

    /// <summary>The executor wants to end: what is not acknowledged is still delivered, if that can be done in time.</summary>
    public sealed record Stop : ExecutorInput;

    /// <summary>Time has passed; wanted at <see cref="ExecutorSession.NextDeadline"/>.</summary>
    public sealed record Tick : ExecutorInput;
}

/// <summary>What an <see cref="ExecutorSession"/> wants done, in order.</summary>
public abstract record ExecutorOutput
{
    private ExecutorOutput()
    {
    }

    /// <summary>Connect to the agent; answer with Connected or Disconnected.</summary>
    public sealed record Connect(long Connection) : ExecutorOutput;

    /// <summary>Send on the present connection.</summary>
    public sealed record Send(ExecutorCall Call) : ExecutorOutput;

    /// <summary>Close the connection once what was sent on it is through. No answer is needed.</summary>
    public sealed record Close(long Connection) : ExecutorOutput;

    /// <summary>Tell the executor: Subscribed, Launch, Kill, Message, Shutdown or Error.</summary>
    public sealed record Deliver(ExecutorEvent Event) : ExecutorOutput;

    /// <summary>The session is over; the process should exit.</summary>
    /// <param name="Error">Why it ended, if not in good order.</param>
    public sealed record Ended(string? Error) : ExecutorOutput;
}
