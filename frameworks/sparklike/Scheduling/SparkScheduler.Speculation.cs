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
                if (stage.Slow.TryAdd(attempt.Partition, attempt.Executor.Agent.Hostname))
                    (_demandGrew, _hintsStale) = (true, true);
            }
        }
    }

    private static int? FindSlowFor(StageRun stage, string host)
    {
        foreach (var (partition, first) in stage.Slow)
            if (first != host)
                return partition;
        return null;
    }

    /// <summary>How near to its data a second attempt runs, which is launched wherever there is room.</summary>
    private TaskLocality LocalityOf(StageRun stage, int partition, AgentEntry agent)
    {
        var (agents, hosts, _) = PlacesOf(stage, partition);
        return agents.Contains(agent.Id) ? TaskLocality.Process
            : hosts.Contains(agent.Hostname) ? TaskLocality.Node
            : hosts.Count == 0 ? TaskLocality.NoPreference : TaskLocality.Any;
    }
}
