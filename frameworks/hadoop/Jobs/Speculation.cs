namespace Agora.Hadoop.Jobs;

/// <summary>
/// Which running task is so slow that a second attempt at it is likely to end first. The rule of Hadoop 1's
/// <c>JobInProgress</c>, which follows LATE (Zaharia et al., OSDI 2008): of the tasks whose progress rate is more than
/// a standard deviation below the mean, the one with the longest time left.
/// </summary>
internal static class Speculation
{
    /// <summary>Fewer rates than this say nothing about what is usual.</summary>
    private const int RatesMin = 3;

    /// <summary>Second attempts that may run for each ten that run; one is always allowed.</summary>
    private const int PerTen = 10;

    /// <param name="tasks">All maps, or all reduces, of a job.</param>
    /// <param name="lag">How long an attempt runs before it is looked at.</param>
    /// <returns>Null if none is slow, or enough are being tried twice.</returns>
    public static JobTask? Slowest(IReadOnlyList<JobTask> tasks, DateTimeOffset now, TimeSpan lag)
    {
        var (count, sum, squares) = (0, 0.0, 0.0);
        var (running, twice) = (0, 0);
        foreach (var task in tasks)
        {
            var attempts = task.Live.Count();
            running += attempts > 0 ? 1 : 0;
            twice += attempts > 1 ? 1 : 0;
            if (Rate(task, now) is not { } rate)
                continue;
            count++;
            sum += rate;
            squares += rate * rate;
        }
        if (count < RatesMin || twice >= Math.Max(1, running / PerTen))
            return null;
        var mean = sum / count;
        var deviation = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
        JobTask? slowest = null;
        var longestLeft = 0.0;
        foreach (var task in tasks)
        {
            if (task.Phase != JobTaskPhase.Running || task.Live.Count() != 1)
                continue;
            var attempt = task.Live.First();
            var rate = Rate(task, now)!.Value;
            if (now - attempt.Launched < lag || rate >= mean - deviation)
                continue;
            var left = rate > 0 ? (1 - attempt.Progress) / rate : double.PositiveInfinity;
            // A new attempt needs about 1/mean itself.
            if (left > 1 / mean && left > longestLeft)
                (slowest, longestLeft) = (task, left);
        }
        return slowest;
    }

    /// <summary>Part of the task done in a second: of the attempt that did it, or of the best that runs.</summary>
    private static double? Rate(JobTask task, DateTimeOffset now)
    {
        if (task.Winner is { EndTime: { } end } winner)
            return 1 / Seconds(end - winner.Launched);
        double? best = null;
        foreach (var attempt in task.Live)
        {
            var rate = attempt.Progress / Seconds(now - attempt.Launched);
            if (best is null || rate > best)
                best = rate;
        }
        return best;
    }

    private static double Seconds(TimeSpan time) => Math.Max(0.001, time.TotalSeconds);
}
