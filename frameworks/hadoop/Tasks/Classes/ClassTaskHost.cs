using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Classes;

/// <summary>An attempt as user classes see it.</summary>
internal sealed class ClassTaskHost(AttemptContext context, MapReduce.JobConf conf) : ITaskHost
{
    private readonly Dictionary<(string, string), Counter> _counters = [];

    public MapReduce.JobConf Conf { get; } = conf;
    public string TaskAttemptId { get; } = context.Id.ToString();
    public string WorkDirectory => context.WorkDirectory;
    public CancellationToken Stop => context.Stop;

    public Counter GetCounter(string group, string name)
    {
        if (_counters.TryGetValue((group, name), out var counter))
            return counter;
        if (_counters.Count == Jobs.Counters.UserCountersMax)
            throw new AttemptFailedException($"Too many counters: {Jobs.Counters.UserCountersMax + 1}; a job may have " +
                $"{Jobs.Counters.UserCountersMax} of its own ({group}, {name} is one more)");
        return _counters[(group, name)] = new Counter(group, name);
    }

    public void SetStatus(string status) => context.Progress.Status = status;

    public void Active() => context.Progress.Active();

    /// <summary>Adds what was counted to the attempt's report.</summary>
    public void Report()
    {
        foreach (var counter in _counters.Values)
            context.Counters.Add(counter.Group, counter.Name, counter.Value);
    }
}
