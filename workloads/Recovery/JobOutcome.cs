using Agora.Workloads.Live.Macro;

namespace Agora.Workloads.Recovery;

/// <summary>How a job went.</summary>
/// <param name="Submitted">Seconds from the beginning, as <paramref name="Ended"/>.</param>
/// <param name="ExitCode">Of its command; null if it had to be ended, as it did not end by itself.</param>
/// <param name="Told">What the command said last.</param>
internal sealed record JobOutcome(MacroJob Job, double Submitted, double Ended, int? ExitCode, string Told)
{
    /// <summary>What is wrong with its result; null if nothing is, or it left none.</summary>
    public string? Wrong { get; init; }

    /// <summary>What may fail a job of the framework; everything else it has to survive.</summary>
    private static IReadOnlyList<(Target Target, Blow Blow)> FatalFor(string framework) => framework switch
    {
        // Refused when it is submitted while there is no store.
        MacroMix.Facebook or MacroMix.Large => [(Target.Store, Blow.Kill)],
        MacroMix.Spark => [(Target.SparkDriver, Blow.Kill)],
        // The ranks on another node die with its mom, and mpiexec may tell of them before the batch server hears of the mom.
        MacroMix.Torque => [(Target.Mpiexec, Blow.Kill), (Target.Mom, Blow.Kill), (Target.Link, Blow.CutOff)],
        MacroMix.MpiRole => [(Target.Mpiexec, Blow.Kill), (Target.MpiHost, Blow.Kill), (Target.Supervisor, Blow.Kill), (Target.Link, Blow.CutOff)],
        _ => [],
    };

    /// <summary>The fault that may have failed it; null if it did not fail, or nothing that happened explains it.</summary>
    public FaultEvent? Reason(IEnumerable<FaultEvent> faults) => ExitCode is null or 0 ? null : faults.LastOrDefault(f => f.Victim is not null &&
        f.At <= Ended && f.At + f.Fault.Seconds >= Submitted && FatalFor(Job.Framework).Contains((f.Fault.Target, f.Fault.Blow)));
}
