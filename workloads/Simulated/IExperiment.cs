namespace Agora.Workloads.Simulated;

/// <summary>
/// An experiment in virtual time, with the master, allocator, agents and schedulers that run live; only the bodies of
/// tasks, the network and time itself are simulated.
/// </summary>
internal interface IExperiment
{
    /// <summary>As in <c>agora bench NAME</c>.</summary>
    string Name { get; }

    /// <summary>For the command's help.</summary>
    string Description { get; }

    Findings Run(RunOptions options, Progress progress);
}
