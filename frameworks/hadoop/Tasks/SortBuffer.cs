namespace Agora.Hadoop.Tasks;

/// <summary>
/// Gathers a map's output in memory and sorts it by partition and key; equal keys stay in the order they came.
/// </summary>
internal sealed class SortBuffer(KeyOrder order, long bytesMax)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>What a record costs besides its bytes.</summary>
    private const int EntryBytes = 32;

    private readonly List<byte[]> _chunks = [];
    private int _chunkUsed;
    private Entry[] _entries = new Entry[1024];
    private long _bytes;

    /// <param name="Number">Counts the records as they come; empty ones share their offset with the next.</param>
    internal readonly record struct Entry(
        ulong Prefix, int Partition, int Number, int Chunk, int Offset, int KeyLength, int ValueLength);

    public int Count { get; private set; }

    public long BytesMax => bytesMax;

    /// <summary>True once it holds as much as it may and should be spilled.</summary>
    public bool IsFull => _bytes >= bytesMax;

    public ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, Count);

    public void Add(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var needed = key.Length + value.Length;
        if (_chunks.Count == 0 || _chunks[^1].Length - _chunkUsed < needed)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, needed)));
            _chunkUsed = 0;
        }
        key.CopyTo(_chunks[^1].AsSpan(_chunkUsed));
        value.CopyTo(_chunks[^1].AsSpan(_chunkUsed + key.Length));
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
        _entries[Count] = new Entry(
            order.Prefix(key), partition, Count, _chunks.Count - 1, _chunkUsed, key.Length, value.Length);
        Count++;
        _chunkUsed += needed;
        _bytes += needed + EntryBytes;
    }

    public ReadOnlySpan<byte> KeyOf(in Entry entry) => _chunks[entry.Chunk].AsSpan(entry.Offset, entry.KeyLength);

    public ReadOnlySpan<byte> ValueOf(in Entry entry) =>
        _chunks[entry.Chunk].AsSpan(entry.Offset + entry.KeyLength, entry.ValueLength);

    public void Sort() => _entries.AsSpan(0, Count).Sort(new EntryOrder(this, order));

    public void Clear()
    {
        // The first chunk is kept: most maps fill and empty the buffer once.
        if (_chunks.Count > 1)
            _chunks.RemoveRange(1, _chunks.Count - 1);
        _chunkUsed = 0;
        Count = 0;
        _bytes = 0;
    }

    private readonly struct EntryOrder(SortBuffer buffer, KeyOrder order) : IComparer<Entry>
    {
        public int Compare(Entry a, Entry b)
        {
            if (a.Partition != b.Partition)
                return a.Partition.CompareTo(b.Partition);
            if (a.Prefix != b.Prefix)
                return a.Prefix.CompareTo(b.Prefix);
            var byKey = order.Compare(buffer.KeyOf(a), buffer.KeyOf(b));
            return byKey != 0 ? byKey : a.Number.CompareTo(b.Number);
        }
    }
}
