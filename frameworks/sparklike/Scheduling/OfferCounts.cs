namespace Agora.Spark.Scheduling;

/// <param name="Received">Offers that came.</param>
/// <param name="Rejected">Offers of which nothing was taken though tasks were waiting.</param>
/// <param name="RejectedForLocality">Of those, offers that were too far from data.</param>
/// <param name="Launched">Tasks launched.</param>
public sealed record OfferCounts(long Received, long Rejected, long RejectedForLocality, long Launched)
{
    /// <summary>Offers rejected for each task launched.</summary>
    public double RejectedPerTask => Launched == 0 ? 0 : (double)Rejected / Launched;
}
