using System.Diagnostics.Metrics;

namespace Agora.Web;

/// <summary>
/// The master in figures, for OpenTelemetry and so for Prometheus. They are of the snapshot that pages share, read anew before
/// figures are fetched; a master that stands by tells only that it does.
/// </summary>
internal sealed class MasterMetrics
{
    public const string MeterName = "Agora.Master";

    /// <summary>Frameworks told apart; more would be more than a store of metrics is for.</summary>
    public const int FrameworksMax = 100;

    private readonly IClusterSource _source;
    private readonly LiveFeed _feed;
    private volatile ClusterSnapshot? _last;

    public MasterMetrics(IClusterSource source, LiveFeed feed, IMeterFactory meters)
    {
        (_source, _feed) = (source, feed);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("agora.master.elected", () => _source.Leading is null ? 0 : 1, description: "1 while this master leads");
        Gauges(meter, "agora.master.uptime", "s", "Since this master began to lead", s => [new((s.Time - s.Started).TotalSeconds)]);
        Gauges(meter, "agora.master.cpus", "{cpu}", "Processors of active agents", s => Amounts(s, r => r.MilliCpus / 1000.0));
        Gauges(meter, "agora.master.gpus", "{gpu}", "GPUs of active agents", s => Amounts(s, r => r.MilliGpus / 1000.0));
        Gauges(meter, "agora.master.mem", "By", "Memory of active agents", s => Amounts(s, r => r.MemBytes));
        Gauges(meter, "agora.master.disk", "By", "Disk of active agents", s => Amounts(s, r => r.DiskBytes));
        Gauges(meter, "agora.master.agents", "{agent}", "Agents by condition", s => Enum.GetValues<AgentCondition>()
            .Select(c => Of(s.Agents.Count(a => a.Condition == c), ("condition", Lower(c)))));
        Gauges(meter, "agora.master.frameworks", "{framework}", "Frameworks by condition; ended ones are forgotten some day",
            s => Enum.GetValues<FrameworkCondition>().Select(c => Of(s.Frameworks.Count(f => f.Condition == c), ("condition", Lower(c)))));
        Gauges(meter, "agora.master.tasks.live", "{task}", "Tasks that have not ended", s => [new(s.Frameworks.Sum(f => (double)f.RunningTasks))]);
        Gauges(meter, "agora.master.offers.outstanding", "{offer}", "Offers that are out", s => [new(s.Offers.Count)]);
        Counters(meter, "agora.master.tasks.launched", "{task}", "Tasks launched", s => [new(s.Counters.TasksLaunched)]);
        Counters(meter, "agora.master.tasks.ended", "{task}", "Tasks that have ended, by how", s =>
            [Of(s.Counters.TasksFinished, ("state", "finished")), Of(s.Counters.TasksFailed, ("state", "failed")),
             Of(s.Counters.TasksKilled, ("state", "killed")), Of(s.Counters.TasksLost, ("state", "lost"))]);
        Counters(meter, "agora.master.offers", "{offer}", "Offers made, and what became of them", s =>
            Offers(s.Counters.OffersMade, s.Counters.OffersAccepted, s.Counters.OffersDeclined, s.Counters.OffersRescinded));
        Counters(meter, "agora.master.allocation.passes", "{pass}", "Passes of the allocator", s => [new(s.Counters.AllocationPasses)]);
        Counters(meter, "agora.master.calls.refused", "{call}", "Calls of schedulers and agents that were refused", s => [new(s.Counters.CallsRefused)]);
        Gauges(meter, "agora.framework.share", "1", "Dominant share of a framework", s => Largest(s).Select(f => Of(f.DominantShare, f)));
        Gauges(meter, "agora.framework.share.fair", "1", "Share a framework can count on", s => Largest(s).Select(f => Of(f.FairShare, f)));
        Gauges(meter, "agora.framework.tasks.live", "{task}", "Tasks of a framework that have not ended", s => Largest(s).Select(f => Of(f.RunningTasks, f)));
        Gauges(meter, "agora.role.share", "1", "Dominant share of a role", s => s.Roles.Take(FrameworksMax).Select(r => Of(r.DominantShare, ("role", r.Name))));
    }

    /// <summary>To be awaited before figures are fetched.</summary>
    public async Task RefreshAsync()
    {
        try
        {
            _last = _feed.Readings is { } readings ? await readings.OverviewAsync() : null;
        }
        catch (TimeoutException)
        {
            _last = null;
        }
    }

    private void Gauges(Meter meter, string name, string unit, string description, Func<ClusterSnapshot, IEnumerable<Measurement<double>>> read) =>
        meter.CreateObservableGauge<double>(name, () => _last is { } s ? read(s) : [], unit, description);

    private void Counters(Meter meter, string name, string unit, string description, Func<ClusterSnapshot, IEnumerable<Measurement<double>>> read) =>
        meter.CreateObservableCounter<double>(name, () => _last is { } s ? read(s) : [], unit, description);

    private static IEnumerable<FrameworkView> Largest(ClusterSnapshot s) => s.Frameworks
        .Where(f => f.Condition != FrameworkCondition.Completed).OrderByDescending(f => f.DominantShare).ThenBy(f => f.Info.Id).Take(FrameworksMax);

    private static IEnumerable<Measurement<double>> Amounts(ClusterSnapshot s, Func<Resources, double> amount) =>
        [Of(amount(s.Total), ("state", "total")), Of(amount(s.Used), ("state", "used")), Of(amount(s.Offered), ("state", "offered"))];

    private static IEnumerable<Measurement<double>> Offers(long made, long accepted, long declined, long rescinded) =>
        [Of(made, ("outcome", "made")), Of(accepted, ("outcome", "accepted")), Of(declined, ("outcome", "declined")), Of(rescinded, ("outcome", "rescinded"))];

    private static Measurement<double> Of(double value, FrameworkView framework) =>
        Of(value, ("framework", framework.Info.Name), ("id", framework.Info.Id?.Value ?? ""), ("role", framework.Info.Role));

    private static Measurement<double> Of(double value, params (string Name, string Value)[] tags) =>
        new(value, tags.Select(t => KeyValuePair.Create(t.Name, (object?)t.Value)));

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
