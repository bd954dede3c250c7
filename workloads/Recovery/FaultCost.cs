using Agora.Workloads.Live.Macro;

namespace Agora.Workloads.Recovery;

/// <summary>What a fault cost.</summary>
/// <param name="Progress">
/// Seconds from the fault until a framework that it concerns has accepted an offer, or a job of it has ended; null if that did not
/// happen any more.
/// </param>
/// <param name="Lost">Tasks that were lost or failed from this fault to the next.</param>
internal sealed record FaultCost(FaultEvent Event, double? Progress, long Lost)
{
    public static IReadOnlyList<FaultCost> Of(IReadOnlyList<FaultEvent> events, IReadOnlyList<ProgressSample> samples, IReadOnlyList<JobOutcome> jobs)
    {
        var hit = events.Where(e => e.Victim is not null).OrderBy(e => e.At).ToList();
        List<FaultCost> costs = [];
        for (var i = 0; i < hit.Count; i++)
        {
            var (at, roles) = (hit[i].At, RolesOf(hit[i].Fault.Target));
            var until = i + 1 < hit.Count ? hit[i + 1].At : double.PositiveInfinity;
            var accepted = FirstAccept(samples, at, roles);
            var ended = jobs.Where(j => j.Ended > at && roles.Contains(j.Job.Framework)).Select(j => (double?)j.Ended).Min();
            costs.Add(new FaultCost(hit[i], Smaller(accepted, ended) - at, LostBetween(samples, at, until)));
        }
        return costs;
    }

    /// <summary>The roles whose work needs such a process.</summary>
    private static IReadOnlyList<string> RolesOf(Target target) => target switch
    {
        Target.Store or Target.JobTracker or Target.TaskTracker => [MacroMix.Facebook, MacroMix.Large],
        Target.BatchServer or Target.Mom => [MacroMix.Torque],
        Target.Mpiexec => [MacroMix.Torque, MacroMix.MpiRole],
        Target.MpiHost => [MacroMix.MpiRole],
        Target.SparkDriver or Target.SparkExecutor => [MacroMix.Spark],
        _ => [.. MacroMix.Frameworks, MacroMix.MpiRole],
    };

    /// <summary>When an offer was seen to have been accepted since; a leader that is new counts from zero.</summary>
    private static double? FirstAccept(IReadOnlyList<ProgressSample> samples, double at, IReadOnlyList<string> roles)
    {
        long Sum(ProgressSample s) => roles.Sum(s.Accepted.GetValueOrDefault);
        var before = samples.LastOrDefault(s => s.Seconds <= at);
        return samples.FirstOrDefault(s => s.Seconds > at && Sum(s) > (before?.Epoch == s.Epoch ? Sum(before) : 0))?.Seconds;
    }

    private static long LostBetween(IReadOnlyList<ProgressSample> samples, double from, double to)
    {
        var lost = 0L;
        var last = samples.LastOrDefault(s => s.Seconds <= from);
        foreach (var sample in samples.Where(s => s.Seconds > from && s.Seconds <= to))
        {
            lost += sample.Lost - (last?.Epoch == sample.Epoch ? last.Lost : 0);
            last = sample;
        }
        return lost;
    }

    private static double? Smaller(double? a, double? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);
}
