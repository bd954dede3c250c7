using System.Runtime.CompilerServices;
using Agora.Spark.Blocks;

namespace Agora.Spark.Shuffle;

/// <summary>A hash table from keys to what is gathered for them, which keeps the order in which keys came.</summary>
internal sealed class CombineTable<K, C>
{
    private const int FirstCapacity = 16, LookedAt = 16;

    private Entry[] _entries = new Entry[FirstCapacity];

    /// <summary>Index of the first entry and 1; 0 for none. Twice as many as entries.</summary>
    private int[] _buckets = new int[2 * FirstCapacity];

    private struct Entry
    {
        public int Hash;
        public int Next;
        public K Key;
        public C Value;
    }

    public int Count { get; private set; }

    /// <param name="hash">The key's.</param>
    /// <param name="isNew">There was none yet; it is for the caller to set it.</param>
    public ref C Find(K key, int hash, out bool isNew)
    {
        ref var bucket = ref _buckets[BucketOf(hash)];
        for (var i = bucket - 1; i >= 0; i = _entries[i].Next)
        {
            ref var entry = ref _entries[i];
            if (entry.Hash != hash || !EqualityComparer<K>.Default.Equals(entry.Key, key))
                continue;
            isNew = false;
            return ref entry.Value;
        }
        if (Count == _entries.Length)
        {
            Grow();
            bucket = ref _buckets[BucketOf(hash)];
        }
        isNew = true;
        ref var added = ref _entries[Count];
        (added.Hash, added.Next, added.Key) = (hash, bucket - 1, key);
        bucket = ++Count;
        return ref added.Value;
    }

    /// <summary>As far as can be told from some of the entries.</summary>
    public long EstimateBytes()
    {
        var bytes = ((long)_entries.Length * Unsafe.SizeOf<Entry>()) + ((long)_buckets.Length * sizeof(int));
        if (Count == 0 || (ObjectSize.IsFixed<K>() && ObjectSize.IsFixed<C>()))
            return bytes;
        var step = Math.Max(1, Count / LookedAt);
        var (seen, looked) = (0L, 0);
        for (var i = 0; i < Count; i += step, looked++)
            seen += ObjectSize.ReferredBy(_entries[i].Key) + ObjectSize.ReferredBy(_entries[i].Value);
        return bytes + (long)((double)seen * Count / looked);
    }

    /// <summary>In the order in which keys came first.</summary>
    public IEnumerable<(K Key, C Value)> InOrder()
    {
        for (var i = 0; i < Count; i++)
            yield return (_entries[i].Key, _entries[i].Value);
    }

    /// <summary>By hash. Entries cannot be found any more afterwards.</summary>
    public IEnumerable<(K Key, C Value)> ByHash()
    {
        Array.Sort(_entries, 0, Count, HashOrder.Instance);
        return InOrder();
    }

    public void Clear()
    {
        Count = 0;
        _entries = new Entry[FirstCapacity];
        _buckets = new int[2 * FirstCapacity];
    }

    /// <summary>By the upper bits of a product: keys of one partition have much in common in the lower ones.</summary>
    private uint BucketOf(int hash) => (uint)(((ulong)((uint)hash * 2654435769u) * (uint)_buckets.Length) >> 32);

    private void Grow()
    {
        Array.Resize(ref _entries, checked(2 * _entries.Length));
        _buckets = new int[2 * _entries.Length];
        for (var i = 0; i < Count; i++)
        {
            ref var bucket = ref _buckets[BucketOf(_entries[i].Hash)];
            _entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    private sealed class HashOrder : IComparer<Entry>
    {
        public static readonly HashOrder Instance = new();

        public int Compare(Entry x, Entry y) => x.Hash.CompareTo(y.Hash);
    }
}
