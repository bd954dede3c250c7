namespace Agora.Spark.Scheduling;

public sealed partial class SparkScheduler
{
    private List<Hint> _hints = [];
    private bool _hintsStale;
    private DateTimeOffset _hintsPublished = DateTimeOffset.MinValue;

    /// <summary>When the next hints are due; null while those given still hold.</summary>
    private DateTimeOffset? _hintsAt;

    /// <summary>
    /// Tells the master the size of a task, with and without an executor, and where tasks are best launched. Stages come and
    /// go faster than it needs to know, so hints have an interval between them; one that is late misleads nobody, since sizes
    /// are always the same.
    /// </summary>
    private void PublishHints(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        if (!_hintsStale)
        {
            _hintsAt = null;
            return;
        }
        if (now < _hintsPublished + _options.HintInterval)
        {
            _hintsAt = _hintsPublished + _options.HintInterval;
            return;
        }
        (_hintsStale, _hintsAt) = (false, null);
        List<Hint> hints = [];
        foreach (var stage in _running)
        {
            var count = stage.Pending.Count + stage.Slow.Count;
            if (count == 0)
                continue;
            var places = stage.Pending.Agents.Select(a => a.Value).Concat(stage.Pending.Hosts).Take(_options.HintHostsMax);
            hints.Add(new Hint([.. places], _firstTaskSize, count, DateTimeOffset.MaxValue));
        }
        if (hints.Count > 0)
            hints.Add(new Hint([], _taskSize, 0, DateTimeOffset.MaxValue));
        if (hints.Count == _hints.Count && hints.Zip(_hints).All(p => p.First.Count == p.Second.Count &&
            p.First.Agents.SequenceEqual(p.Second.Agents)))
            return;
        _hintsPublished = now;
        _hints = hints;
        calls.Add(new SchedulerCall.UpdateHints(hints));
    }
}
