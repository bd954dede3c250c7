namespace Agora.Spark.Scheduling;

/// <summary>The application, as its page shows it.</summary>
/// <param name="Jobs">Those that run, then those that ended, newest first.</param>
/// <param name="Stages">The same.</param>
public sealed record SchedulerView(
    IReadOnlyList<JobView> Jobs, IReadOnlyList<StageView> Stages, IReadOnlyList<CachedRddView> Cached,
    IReadOnlyList<ExecutorView> Executors, IReadOnlyList<ShuffleView> Shuffles, OfferCounts Offers);
