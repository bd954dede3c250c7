namespace Agora.Torque.Mom.Session;

/// <summary>What the mom tells a job's session program after the plan.</summary>
internal abstract record SessionCommand
{
    private SessionCommand()
    {
    }

    /// <summary>A signal to all processes of the job. SIGKILL is repeated until none is left.</summary>
    public sealed record Signal(int Number) : SessionCommand;

    /// <summary>A text into the job's output or error file.</summary>
    public sealed record Note(string Text, bool ToError) : SessionCommand;

    /// <summary>Nothing of the job is left: run the epilogue, carry the output to its place, and end.</summary>
    /// <param name="Used">Resources, as an epilogue is told them.</param>
    public sealed record Finish(int Session, string Used, int ExitStatus) : SessionCommand;
}

/// <summary>What a job's session program tells the mom.</summary>
internal abstract record SessionEvent
{
    private SessionEvent()
    {
    }

    /// <param name="Leader">Process id of the script's shell, which leads the session.</param>
    public sealed record Started(int Leader) : SessionEvent;

    /// <param name="Status">Negative, as the server is told it.</param>
    public sealed record NotStarted(int Status, string Message) : SessionEvent;

    /// <summary>The session's leader has ended, and something of the job is left.</summary>
    public sealed record LeaderEnded(int WaitStatus) : SessionEvent;

    /// <summary>Nothing of the job is left, if ever it started.</summary>
    /// <param name="PeakBytes">Largest resident memory of any one process.</param>
    public sealed record TreeEnded(int WaitStatus, long CpuMicroseconds, long PeakBytes) : SessionEvent;

    /// <param name="Message">What did not go well with the output or the epilogue; null if all did.</param>
    public sealed record Done(string? Message) : SessionEvent;
}
