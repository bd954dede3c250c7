using Agora.Spark.Blocks;
using Agora.Spark.Records;

namespace Agora.Spark.Shuffle;

/// <summary>
/// Gathers the values of each key, in memory as far as there is some; past that, what it has is written to disk sorted
/// by hash, and all is merged at the end.
/// </summary>
internal sealed class Combiner<K, V, C> : IDisposable
{
    /// <summary>The table's size is estimated anew when it may have grown by an eighth, and after so many changes.</summary>
    private const int Eighth = 8, ChangesMax = 4096;

    private readonly Aggregator<V, C> _aggregator;
    private readonly MemoryLease _memory;
    private readonly SpilledRuns<(K Key, C Value)> _runs;
    private readonly CombineTable<K, C> _table = new();
    private long _changes;
    private int _untilLook = 1;

    public Combiner(Aggregator<V, C> aggregator, ShuffleFiles files, ShuffleMetrics metrics)
    {
        StableHash<K>.ThrowIfRefused();
        _aggregator = aggregator;
        _memory = new MemoryLease(files.Memory);
        _runs = new SpilledRuns<(K, C)>(files, Merge, metrics);
    }

    public void Add(K key, V value)
    {
        ref var gathered = ref _table.Find(key, StableHash<K>.Of(key), out var isNew);
        try
        {
            gathered = isNew ? _aggregator.Create(value) : _aggregator.Merge(gathered, value);
        }
        catch (Exception e) when (FailedRecord.Note(e, (key, value)))
        {
            throw;
        }
        if (--_untilLook == 0)
            Look();
    }

    /// <summary>A part that was gathered elsewhere.</summary>
    public void AddPart(K key, C part)
    {
        ref var gathered = ref _table.Find(key, StableHash<K>.Of(key), out var isNew);
        try
        {
            gathered = isNew ? part : _aggregator.MergeCombiners(gathered, part);
        }
        catch (Exception e) when (FailedRecord.Note(e, (key, part)))
        {
            throw;
        }
        if (--_untilLook == 0)
            Look();
    }

    /// <summary>Each key once, with all that was added: in the order in which keys came, or by hash if it did not fit.</summary>
    public IEnumerable<(K Key, C Value)> Finish() =>
        _runs.IsEmpty ? _table.InOrder() : Merge([.. _runs.All, _table.ByHash()]);

    public void Dispose()
    {
        _memory.Dispose();
        _runs.Dispose();
    }

    private void Look()
    {
        _changes += _untilLook = (int)Math.Clamp(_changes / Eighth, 1, ChangesMax);
        if (_memory.TryHold(_table.EstimateBytes()))
            return;
        _runs.Add(_table.ByHash());
        _table.Clear();
        _memory.Dispose();
        (_changes, _untilLook) = (0, 1);
    }

    /// <summary>Runs are sorted by hash; of those at the same, which are few, equal keys are looked for.</summary>
    private IEnumerable<(K Key, C Value)> Merge(IReadOnlyList<IEnumerable<(K Key, C Value)>> runs)
    {
        var heads = new PriorityQueue<IEnumerator<(K Key, C Value)>, (int Hash, int Run)>(runs.Count);
        var open = new List<IEnumerator<(K Key, C Value)>>(runs.Count);
        try
        {
            foreach (var run in runs)
            {
                var head = run.GetEnumerator();
                open.Add(head);
                if (head.MoveNext())
                    heads.Enqueue(head, (StableHash<K>.Of(head.Current.Key), open.Count - 1));
            }
            var same = new List<(K Key, C Value)>();
            while (heads.TryPeek(out _, out var first))
            {
                same.Clear();
                while (heads.TryPeek(out var head, out var next) && next.Hash == first.Hash)
                {
                    Gather(same, head.Current);
                    if (head.MoveNext())
                        heads.DequeueEnqueue(head, (StableHash<K>.Of(head.Current.Key), next.Run));
                    else
                        heads.Dequeue();
                }
                foreach (var one in same)
                    yield return one;
            }
        }
        finally
        {
            foreach (var head in open)
                head.Dispose();
        }
    }

    private void Gather(List<(K Key, C Value)> same, (K Key, C Value) next)
    {
        for (var i = 0; i < same.Count; i++)
        {
            if (!EqualityComparer<K>.Default.Equals(same[i].Key, next.Key))
                continue;
            same[i] = (same[i].Key, _aggregator.MergeCombiners(same[i].Value, next.Value));
            return;
        }
        same.Add(next);
    }
}
