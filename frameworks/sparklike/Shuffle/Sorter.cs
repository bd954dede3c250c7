using System.Runtime.ExceptionServices;
using Agora.Spark.Blocks;

namespace Agora.Spark.Shuffle;

/// <summary>
/// Sorts records, in memory as far as there is some, past that in runs on disk that are merged. Records that compare as
/// equal keep their order.
/// </summary>
internal sealed class Sorter<T> : IDisposable
{
    private readonly IComparer<T> _order;
    private readonly MemoryLease _memory;
    private readonly SpilledRuns<T> _runs;
    private readonly List<(T Record, int Index)> _records = [];
    private SizeMeter<T> _size = new();

    public Sorter(IComparer<T> order, ShuffleFiles files, ShuffleMetrics metrics)
    {
        _order = order;
        _memory = new MemoryLease(files.Memory);
        _runs = new SpilledRuns<T>(files, Merge, metrics);
    }

    public void Add(T record)
    {
        _size.Add(record);
        // Lists grow to twice their size.
        if (!_memory.TryHold(_size.Bytes + (2L * sizeof(long) * _records.Count)) && _records.Count > 0)
        {
            _runs.Add(Sorted());
            _records.Clear();
            _memory.Dispose();
            _size = new SizeMeter<T>();
            _size.Add(record);
        }
        _records.Add((record, _records.Count));
    }

    public IEnumerable<T> Finish() => _runs.IsEmpty ? Sorted() : Merge([.. _runs.All, Sorted()]);

    public void Dispose()
    {
        _memory.Dispose();
        _runs.Dispose();
    }

    private IEnumerable<T> Sorted()
    {
        try
        {
            _records.Sort((a, b) => _order.Compare(a.Record, b.Record) is not 0 and var difference ? difference : a.Index.CompareTo(b.Index));
        }
        catch (InvalidOperationException e) when (e.InnerException is { } ofUser)
        {
            ExceptionDispatchInfo.Throw(ofUser);
        }
        return _records.Select(r => r.Record);
    }

    private IEnumerable<T> Merge(IReadOnlyList<IEnumerable<T>> runs)
    {
        var heads = new PriorityQueue<IEnumerator<T>, (T Record, int Run)>(runs.Count, Comparer<(T Record, int Run)>.Create(
            (a, b) => _order.Compare(a.Record, b.Record) is not 0 and var difference ? difference : a.Run.CompareTo(b.Run)));
        var open = new List<IEnumerator<T>>(runs.Count);
        try
        {
            foreach (var run in runs)
            {
                var head = run.GetEnumerator();
                open.Add(head);
                if (head.MoveNext())
                    heads.Enqueue(head, (head.Current, open.Count - 1));
            }
            while (heads.TryPeek(out var head, out var first))
            {
                yield return first.Record;
                if (head.MoveNext())
                    heads.DequeueEnqueue(head, (head.Current, first.Run));
                else
                    heads.Dequeue();
            }
        }
        finally
        {
            foreach (var head in open)
                head.Dispose();
        }
    }
}
