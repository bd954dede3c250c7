namespace Agora;

/// <summary>What a framework is; flags may be joined.</summary>
[Flags]
public enum FrameworkCapabilities
{
    None = 0,

    /// <summary>Understands Unreachable, Dropped, Gone and Unknown; without it, such tasks are reported as Lost.</summary>
    PartitionAware = 1,
}

/// <summary>A framework as its scheduler subscribes it.</summary>
/// <param name="Id">Null on first subscription; the master chooses one. Given again to come back as the same framework.</param>
/// <param name="User">The user its tasks run as, where agents switch users.</param>
/// <param name="Role">The share-holder it belongs to; roles divide the cluster, frameworks divide their role's part.</param>
/// <param name="FailoverTimeout">How long its tasks go on without a scheduler; zero ends them when the scheduler is gone.</param>
public sealed record FrameworkInfo(
    FrameworkId? Id, string Name, string User = "", string Principal = "", string Role = FrameworkInfo.DefaultRole,
    TimeSpan FailoverTimeout = default, FrameworkCapabilities Capabilities = FrameworkCapabilities.PartitionAware,
    string Hostname = "", string WebUrl = "")
{
    public const string DefaultRole = "default";
}
