namespace Agora.Spark.Scheduling;

/// <summary>Durations of a stage's tasks, and their median at any time.</summary>
internal sealed class Durations
{
    /// <summary>The shorter half, longest first; as many as the other or one more.</summary>
    private readonly PriorityQueue<TimeSpan, TimeSpan> _low = new(Comparer<TimeSpan>.Create((a, b) => b.CompareTo(a)));
    private readonly PriorityQueue<TimeSpan, TimeSpan> _high = new();

    public int Count => _low.Count + _high.Count;

    /// <summary>The lower of the two in the middle where there are two; null before the first.</summary>
    public TimeSpan? Median => _low.TryPeek(out var median, out _) ? median : null;

    public void Add(TimeSpan duration)
    {
        if (_low.TryPeek(out var middle, out _) && duration > middle)
            _high.Enqueue(duration, duration);
        else
            _low.Enqueue(duration, duration);
        if (_low.Count > _high.Count + 1)
            Shift(_low, _high);
        else if (_high.Count > _low.Count)
            Shift(_high, _low);
    }

    private static void Shift(PriorityQueue<TimeSpan, TimeSpan> from, PriorityQueue<TimeSpan, TimeSpan> to)
    {
        var moved = from.Dequeue();
        to.Enqueue(moved, moved);
    }
}
