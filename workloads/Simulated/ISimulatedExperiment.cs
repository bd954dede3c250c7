using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated;

/// <summary>
/// An experiment in virtual time, with the master, allocator, agents and schedulers that run live; only the bodies of
/// tasks, the network and time itself are simulated.
/// </summary>
internal interface ISimulatedExperiment : IExperiment
{
    Mode IExperiment.Mode => Mode.Simulated;

    Findings Run(RunOptions options, Progress progress);

    Task<Findings> IExperiment.RunAsync(RunOptions options, Progress progress, CancellationToken cancellation) =>
        Task.FromResult(Run(options, progress));
}
