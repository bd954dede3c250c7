namespace Agora.Daemon.Sandboxes;

/// <summary>How long the sandboxes of what has ended are kept.</summary>
/// <param name="Delay">On an empty disk; the fuller it is, the less.</param>
/// <param name="DiskHeadroom">Part of the disk, 0 to 1, that is to stay free: once less is, none is kept.</param>
public sealed record GarbageSettings(TimeSpan Delay, double DiskHeadroom)
{
    /// <summary>A week, and a tenth of the disk.</summary>
    public static readonly GarbageSettings Default = new(TimeSpan.FromDays(7), 0.1);

    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1), IntervalMax = TimeSpan.FromMinutes(1);

    /// <summary>Between two looks.</summary>
    public TimeSpan Interval => TimeSpan.FromTicks(Math.Clamp(Delay.Ticks / 10, IntervalMin.Ticks, IntervalMax.Ticks));

    /// <param name="usedPart">Of the disk, 0 to 1.</param>
    /// <returns>How long after its end a sandbox goes.</returns>
    public TimeSpan AgeMax(double usedPart) => Delay * Math.Max(0, 1 - DiskHeadroom - usedPart);
}
