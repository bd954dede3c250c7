namespace Agora.Spark;

/// <summary>What one task has added to accumulators.</summary>
internal sealed class AccumulatorUpdates
{
    private readonly Dictionary<long, Accumulator> _own = [];

    /// <summary>The task's own copy, empty at first.</summary>
    public Accumulator Of(Accumulator shipped)
    {
        lock (_own)
        {
            if (!_own.TryGetValue(shipped.Id, out var own))
                _own[shipped.Id] = own = shipped.EmptyCopy();
            return own;
        }
    }

    public IReadOnlyList<Accumulator> All
    {
        get
        {
            lock (_own)
                return [.. _own.Values];
        }
    }
}
