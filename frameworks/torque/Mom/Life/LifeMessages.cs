using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Session;

namespace Agora.Torque.Mom.Life;

/// <summary>What happens to a job.</summary>
internal abstract record LifeInput
{
    private LifeInput()
    {
    }

    /// <summary>Its session program has said something.</summary>
    public sealed record Said(SessionEvent Event) : LifeInput;

    /// <summary>Its session program is gone without a last word.</summary>
    public sealed record SessionLost(string Why) : LifeInput;

    public sealed record Sampled(UsageSample Sample) : LifeInput;

    public sealed record Limit(JobLimits Limits) : LifeInput;

    public sealed record Signal(int Number) : LifeInput;

    public sealed record Kill(TimeSpan Grace, int? ExitStatus) : LifeInput;

    public sealed record Note(string Text, bool ToError) : LifeInput;

    /// <summary>The passing of time.</summary>
    public sealed record Tick : LifeInput;
}

/// <summary>What is to be done about it.</summary>
internal abstract record LifeEffect
{
    private LifeEffect()
    {
    }

    /// <summary>To the session program.</summary>
    public sealed record Tell(SessionCommand Command) : LifeEffect;

    /// <summary>The same signal to what remote shells run here.</summary>
    public sealed record SignalRemote(int Number) : LifeEffect;

    /// <summary>The remote shells of the job here end with all they run.</summary>
    public sealed record EndRemote : LifeEffect;

    /// <summary>To the server.</summary>
    public sealed record Report(MomReport Message) : LifeEffect;
}
