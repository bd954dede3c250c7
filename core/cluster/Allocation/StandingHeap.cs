namespace Agora.Cluster.Allocation;

/// <summary>A binary heap of standings that knows where each one is, so that a changed one moves in O(log n).</summary>
internal sealed class StandingHeap(Comparison<Standing> compare)
{
    private readonly List<Standing> _items = [];

    public int Count => _items.Count;
    public Standing First => _items[0];
    public IReadOnlyList<Standing> Items => _items;

    public void Add(Standing item)
    {
        item.HeapIndex = _items.Count;
        _items.Add(item);
        Up(item.HeapIndex);
    }

    public void Remove(Standing item)
    {
        var index = item.HeapIndex;
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        item.HeapIndex = Standing.NotQueued;
        if (ReferenceEquals(last, item))
            return;
        _items[index] = last;
        last.HeapIndex = index;
        Changed(last);
    }

    /// <summary>Puts an item whose order may have changed in its place.</summary>
    public void Changed(Standing item)
    {
        Up(item.HeapIndex);
        Down(item.HeapIndex);
    }

    /// <summary>Orders everything anew, after all standings may have changed.</summary>
    public void Rebuild()
    {
        for (var i = _items.Count / 2 - 1; i >= 0; i--)
            Down(i);
    }

    private void Up(int index)
    {
        var item = _items[index];
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (compare(item, _items[parent]) >= 0)
                break;
            Put(_items[parent], index);
            index = parent;
        }
        Put(item, index);
    }

    private void Down(int index)
    {
        var item = _items[index];
        while (true)
        {
            var child = 2 * index + 1;
            if (child >= _items.Count)
                break;
            if (child + 1 < _items.Count && compare(_items[child + 1], _items[child]) < 0)
                child++;
            if (compare(_items[child], item) >= 0)
                break;
            Put(_items[child], index);
            index = child;
        }
        Put(item, index);
    }

    private void Put(Standing item, int index)
    {
        _items[index] = item;
        item.HeapIndex = index;
    }
}
