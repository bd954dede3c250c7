namespace Agora.Hadoop.Tasks;

/// <summary>
/// Several sorted runs as one. Of equal keys those of the run given earlier come first. Owns the runs.
/// </summary>
internal sealed class MergeReader : IDisposable
{
    private readonly KeyOrder _order;
    private readonly RecordReader[] _runs;
    private readonly ulong[] _prefixes;

    /// <summary>A binary heap of indexes of runs that have a record.</summary>
    private readonly int[] _heap;
    private int _size;
    private bool _started;

    public MergeReader(KeyOrder order, IReadOnlyList<RecordReader> runs)
    {
        _order = order;
        _runs = [.. runs];
        _prefixes = new ulong[_runs.Length];
        _heap = new int[_runs.Length];
    }

    public ReadOnlySpan<byte> Key => _runs[_heap[0]].Key;
    public ReadOnlySpan<byte> Value => _runs[_heap[0]].Value;

    /// <summary>In bytes; known without reading the value.</summary>
    public int ValueLength => _runs[_heap[0]].ValueLength;

    public bool Next()
    {
        if (!NextRun())
            return false;
        _runs[_heap[0]].ReadValue();
        return true;
    }

    private bool NextRun()
    {
        if (!_started)
        {
            _started = true;
            for (var run = 0; run < _runs.Length; run++)
                if (Advance(run))
                    _heap[_size++] = run;
            for (var i = (_size / 2) - 1; i >= 0; i--)
                SiftDown(i);
            return _size > 0;
        }
        if (_size == 0)
            return false;
        if (!Advance(_heap[0]))
            _heap[0] = _heap[--_size];
        SiftDown(0);
        return _size > 0;
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
    }

    private bool Advance(int run)
    {
        if (!_runs[run].NextKey())
            return false;
        _prefixes[run] = _order.Prefix(_runs[run].Key);
        return true;
    }

    private void SiftDown(int at)
    {
        while ((2 * at) + 1 < _size)
        {
            var child = (2 * at) + 1;
            if (child + 1 < _size && Before(_heap[child + 1], _heap[child]))
                child++;
            if (!Before(_heap[child], _heap[at]))
                return;
            (_heap[at], _heap[child]) = (_heap[child], _heap[at]);
            at = child;
        }
    }

    private bool Before(int a, int b)
    {
        if (_prefixes[a] != _prefixes[b])
            return _prefixes[a] < _prefixes[b];
        var byKey = _order.Compare(_runs[a].Key, _runs[b].Key);
        return byKey != 0 ? byKey < 0 : a < b;
    }
}
