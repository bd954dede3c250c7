using Agora.Protocol;

namespace Agora.Sdk;

/// <summary>How a <see cref="SchedulerDriver"/> talks to masters.</summary>
public sealed record SchedulerDriverOptions
{
    public SchedulerSessionOptions Session { get; init; } = new();

    /// <summary>How masters are shown who the framework is; null takes <see cref="MasterAccess.Find"/>.</summary>
    public MasterAccess? Access { get; init; }

    /// <summary>Events and posted actions that may wait for the loop.</summary>
    public int InboxMax { get; init; } = 65_536;

    public BatchLimits Batches { get; init; } = BatchLimits.Default;

    /// <summary>How long <see cref="SchedulerDriver.StopAsync"/> waits, for a teardown to reach the master.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the driver does and why, a line at a time; for a log. Any thread.</summary>
    public Action<string>? Log { get; init; }
}
