namespace Agora.MapReduce;

/// <summary>A sum over all tasks of a job. Belongs to the thread that runs the task.</summary>
public sealed class Counter(string group, string name)
{
    public string Group { get; } = group;
    public string Name { get; } = name;
    public long Value { get; private set; }

    public void Increment(long amount = 1) => Value += amount;
}

/// <summary>A job's counters: sums by group and name.</summary>
public sealed class Counters(IReadOnlyDictionary<string, Dictionary<string, long>> groups)
{
    public IReadOnlyDictionary<string, Dictionary<string, long>> Groups { get; } = groups;

    /// <summary>How many there are in all groups.</summary>
    public int Count => Groups.Values.Sum(g => g.Count);

    /// <summary>0 for one that nobody has counted.</summary>
    public long this[string group, string name] => Groups.GetValueOrDefault(group)?.GetValueOrDefault(name) ?? 0;

    public long this[Enum name] => this[name.GetType().FullName!, name.ToString()];
}
