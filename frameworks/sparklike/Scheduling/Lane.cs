namespace Agora.Spark.Scheduling;

/// <summary>
/// Tasks of one place in the order in which they are to be tried, the last put in first. What was taken elsewhere stays in
/// it until it comes to the top, so that taking a task costs the same in however many lanes it stands.
/// </summary>
internal sealed class Lane
{
    private readonly List<(int Partition, int Stamp)> _stack = [];

    /// <summary>Tasks in it that still wait.</summary>
    public int Count { get; set; }

    public void Push(int partition, int stamp)
    {
        _stack.Add((partition, stamp));
        Count++;
    }

    /// <param name="isCurrent">False if the entry of that stamp is one of former times.</param>
    /// <param name="may">False for a task that is not to be taken now, but stays.</param>
    public int? First<TState>(TState state, Func<TState, int, int, bool> isCurrent, Func<TState, int, bool> may)
    {
        for (var i = _stack.Count - 1; i >= 0 && Count > 0; i--)
        {
            var (partition, stamp) = _stack[i];
            if (!isCurrent(state, partition, stamp))
            {
                if (i == _stack.Count - 1)
                    _stack.RemoveAt(i);
                continue;
            }
            if (may(state, partition))
                return partition;
        }
        return null;
    }
}
