namespace Agora.Workloads.Simulated;

/// <summary>How a scheduler and the master got on.</summary>
/// <param name="Declined">Offers answered without a task.</param>
/// <param name="Launched">Tasks.</param>
/// <param name="Revoked">Tasks ended to give another role its guarantee.</param>
internal readonly record struct OfferCounts(long Declined, long Launched, long Revoked)
{
    public double DeclinedPerTask => Declined / (double)Launched;

    public static OfferCounts operator +(OfferCounts a, OfferCounts b) =>
        new(a.Declined + b.Declined, a.Launched + b.Launched, a.Revoked + b.Revoked);

    public OfferCounts With(SchedulerCall call) => call switch
    {
        SchedulerCall.Accept accept => this with { Launched = Launched + accept.Tasks.Count },
        SchedulerCall.Decline decline => this with { Declined = Declined + decline.Offers.Count },
        _ => this,
    };

    public OfferCounts With(SchedulerEvent e) =>
        e is SchedulerEvent.Update { Status.Reason: StatusReason.Revoked, Status.State: TaskState.Killed } ? this with { Revoked = Revoked + 1 } : this;

    public static OfferCounts Sum(IEnumerable<OfferCounts> counts) => counts.Aggregate(default(OfferCounts), (sum, c) => sum + c);
}
