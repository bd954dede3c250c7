namespace Agora.Mpi.Scheduling;

/// <summary>A node of a gang that is ready to run commands.</summary>
/// <param name="Port">TCP port of its remote shell.</param>
public sealed record GangHost(string Name, string Address, int Port, int Slots);

/// <summary>What a <see cref="GangScheduler"/> has to say to the job it works for.</summary>
public abstract record GangEvent
{
    private GangEvent()
    {
    }

    /// <summary>All slots are held and every node is ready.</summary>
    public sealed record Ready(IReadOnlyList<GangHost> Hosts) : GangEvent;

    /// <summary>A rank was started, or has ended.</summary>
    public sealed record Rank(string Host, RankReport Report) : GangEvent;

    /// <summary>The library's own process on a node has ended, with this exit code or 128 + signal.</summary>
    public sealed record CommandEnded(string Host, int ExitCode, bool ClientLost) : GangEvent;

    /// <summary>A node's part of the job was lost.</summary>
    public sealed record HostLost(string Host, string Reason) : GangEvent;

    /// <summary>The slots were not there in time; nothing is held any more.</summary>
    /// <param name="Most">The most that was held at a time.</param>
    public sealed record TimedOut(string Most) : GangEvent;

    /// <summary>The master does not want this framework, for the reason given.</summary>
    public sealed record Refused(string Reason) : GangEvent;
}
