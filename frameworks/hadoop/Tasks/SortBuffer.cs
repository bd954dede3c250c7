using System.Runtime.InteropServices;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Gathers a map's output in memory and sorts it by partition and key; equal keys stay in the order they came.
/// Records lie one after another in unmanaged memory in the form of <see cref="RecordWriter"/>, so that they are
/// written as they are; only small entries that point to them are sorted.
/// </summary>
internal sealed unsafe class SortBuffer(KeyOrder order, long bytesMax) : IDisposable
{
    private const long FirstBytes = 64 << 10;
    private const int FirstEntries = 1024;

    private byte* _records;
    private long _used, _size;
    private Entry* _entries;
    private int _room;
    private int _partitionMax;

    /// <param name="Prefix">Eight bytes of the key.</param>
    /// <param name="Offset">Where the record lies; grows as they come.</param>
    internal readonly record struct Entry(ulong Prefix, int Partition, uint Offset);

    public int Count { get; private set; }

    public long BytesMax => bytesMax;

    /// <summary>True once it holds as much as it may and should be spilled.</summary>
    public bool IsFull => _used + ((long)Count * sizeof(Entry)) >= bytesMax;

    public ReadOnlySpan<Entry> Entries => new(_entries, Count);

    /// <exception cref="InvalidOperationException">It holds 4 GiB.</exception>
    public void Add(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var needed = (2 * RecordLength.BytesMax) + (long)key.Length + value.Length;
        if (_size - _used < needed)
            GrowRecords(needed);
        if (Count == _room)
            GrowEntries();
        _entries[Count++] = new Entry(order.Prefix(key), partition, (uint)_used);
        _partitionMax = Math.Max(_partitionMax, partition);
        var lengths = new Span<byte>(_records + _used, 2 * RecordLength.BytesMax);
        var used = RecordLength.Write(lengths, key.Length);
        used += RecordLength.Write(lengths[used..], value.Length);
        key.CopyTo(new Span<byte>(_records + _used + used, key.Length));
        value.CopyTo(new Span<byte>(_records + _used + used + key.Length, value.Length));
        _used += used + key.Length + value.Length;
    }

    public ReadOnlySpan<byte> KeyOf(in Entry entry)
    {
        var at = _records + entry.Offset;
        var length = RecordLength.Read(ref at);
        RecordLength.Read(ref at);
        return new ReadOnlySpan<byte>(at, length);
    }

    public ReadOnlySpan<byte> ValueOf(in Entry entry)
    {
        var at = _records + entry.Offset;
        var keyLength = RecordLength.Read(ref at);
        var length = RecordLength.Read(ref at);
        return new ReadOnlySpan<byte>(at + keyLength, length);
    }

    /// <summary>The record as it is written to files.</summary>
    public ReadOnlySpan<byte> RecordOf(in Entry entry)
    {
        var start = _records + entry.Offset;
        var at = start;
        var keyLength = RecordLength.Read(ref at);
        var valueLength = RecordLength.Read(ref at);
        return new ReadOnlySpan<byte>(start, (int)(at - start) + keyLength + valueLength);
    }

    public void Sort()
    {
        if (Count < 2)
            return;
        if (!order.IsByBytes)
        {
            new Span<Entry>(_entries, Count).Sort(new ComparisonOrder(this, order));
            return;
        }
        var scratch = (Entry*)NativeMemory.Alloc((nuint)Count, (nuint)sizeof(Entry));
        try
        {
            new EntrySort(_records).Sort(_entries, scratch, Count, _partitionMax + 1);
        }
        finally
        {
            NativeMemory.Free(scratch);
        }
    }

    public void Clear()
    {
        if (_size > bytesMax)
        {
            // It had grown for one large record.
            NativeMemory.Free(_records);
            _records = null;
            _size = 0;
        }
        (_used, Count, _partitionMax) = (0, 0, 0);
    }

    public void Dispose()
    {
        NativeMemory.Free(_records);
        NativeMemory.Free(_entries);
        _records = null;
        _entries = null;
        (_size, _room, _used, Count) = (0, 0, 0, 0);
    }

    private void GrowRecords(long needed)
    {
        _size = Math.Max(_used + needed, Math.Max(FirstBytes, Math.Min(_size * 2, bytesMax)));
        if (_used > uint.MaxValue)
            throw new InvalidOperationException("a sort buffer holds at most 4 GiB: lower io.sort.mb");
        _records = (byte*)NativeMemory.Realloc(_records, (nuint)_size);
    }

    private void GrowEntries()
    {
        _room = Math.Max(FirstEntries, checked(_room * 2));
        _entries = (Entry*)NativeMemory.Realloc(_entries, checked((nuint)_room * (nuint)sizeof(Entry)));
    }

    private readonly struct ComparisonOrder(SortBuffer buffer, KeyOrder order) : IComparer<Entry>
    {
        public int Compare(Entry a, Entry b)
        {
            if (a.Partition != b.Partition)
                return a.Partition.CompareTo(b.Partition);
            var byKey = order.Compare(buffer.KeyOf(a), buffer.KeyOf(b));
            return byKey != 0 ? byKey : a.Offset.CompareTo(b.Offset);
        }
    }
}
