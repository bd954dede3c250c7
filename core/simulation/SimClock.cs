namespace Agora.Simulation;

/// <summary>
/// The clock of one part. It may be set, forward or back, at any time; a process goes by what it showed at its start and the
/// time that has passed since, as <see cref="SteadyClock"/> has it.
/// </summary>
public sealed class SimClock(World world)
{
    private TimeSpan _set, _atStart;

    public DateTimeOffset Now => world.Events.Now + Ahead;

    private TimeSpan Ahead => world.Edges.ClocksAreSteady ? _atStart : _set;

    /// <summary>Somebody sets the clock.</summary>
    public void Jump(TimeSpan by) => _set += by;

    /// <summary>A process starts.</summary>
    public void Restart() => _atStart = _set;

    /// <summary>When the clock will show the time.</summary>
    public DateTimeOffset? InWorld(DateTimeOffset? shown) => shown is not { } time || time > DateTimeOffset.MaxValue - TimeSpan.FromDays(366) ? null
        : time <= Now ? world.Events.Now : time - Ahead;
}
