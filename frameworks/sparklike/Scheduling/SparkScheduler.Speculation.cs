namespace Agora.Spark.Scheduling;

public sealed partial class SparkScheduler
{
    /// <summary>
    /// Once most of a stage's tasks are done, those that have run far longer than the median get a second attempt on another
    /// host (Spark's rule): whichever ends first counts.
    /// </summary>
    private void FindSlow(DateTimeOffset now)
    {
        _speculateAt = null;
        foreach (var stage in _running)
        {
            if (stage.Durations.Median is not { } median ||
                stage.Done < Math.Max(1, (int)(_options.SpeculationQuantile * stage.Wanted)))
                continue;
            var limit = median * _options.SpeculationMultiplier;
            if (limit < _options.SpeculationAfter)
                limit = _options.SpeculationAfter;
            foreach (var attempt in stage.Live)
            {
                if (attempt.IsUnwanted || now - attempt.Launched <= limit || stage[attempt.Partition].Live != 1 ||
                    stage.Pending.Contains(attempt.Partition))
                    continue;
                if (stage.Slow.Add(attempt.Partition))
                    (_demandGrew, _hintsStale) = (true, true);
            }
        }
    }

    private static int? FindSlowFor(StageRun stage, string host)
    {
        foreach (var partition in stage.Slow)
            if (!RunsOn(stage, partition, host))
                return partition;
        return null;
    }

    private static bool RunsOn(StageRun stage, int partition, string host)
    {
        foreach (var attempt in stage.Live)
            if (attempt.Partition == partition && attempt.Executor.Agent.Hostname == host)
                return true;
        return false;
    }
}
