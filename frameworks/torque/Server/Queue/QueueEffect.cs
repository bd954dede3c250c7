using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>What has to be done once the queue's changes are on disk, in order.</summary>
public abstract record QueueEffect
{
    private QueueEffect()
    {
    }

    /// <summary>To the mom of the node; lost if there is none just now, since <see cref="JobQueue.Hello"/> orders it anew.</summary>
    public sealed record Order(string Node, MomOrder What) : QueueEffect;

    /// <summary>A line of the accounting file of that day.</summary>
    /// <param name="At">In the server's zone.</param>
    public sealed record Account(DateTimeOffset At, string Line) : QueueEffect;

    /// <summary>A line of the server's log of that day.</summary>
    /// <param name="At">In the server's zone.</param>
    public sealed record Log(DateTimeOffset At, string Line) : QueueEffect;

    /// <param name="From">Null leaves it to the mail command.</param>
    /// <param name="Body">Lines, each ended.</param>
    public sealed record Mail(string? From, IReadOnlyList<string> To, string Subject, string Body) : QueueEffect;
}
