using static Agora.Hadoop.Tasks.SortBuffer;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Sorts entries by partition, the bytes of their keys and then offset: a radix sort on eight bytes at a time, which
/// looks at the records themselves only where those are equal.
/// </summary>
internal readonly unsafe struct EntrySort(byte* records)
{
    private const int PrefixBytes = sizeof(ulong), Radix = 256;

    /// <summary>Up to here comparing beats counting.</summary>
    private const int FewEntries = 192;

    /// <summary>Keys with more than this in common are compared instead, which bounds the recursion.</summary>
    private const int DepthMax = 64;

    /// <summary>A group's keys end in the last eight bytes, at one of 9 places, or go on.</summary>
    private const int Ends = PrefixBytes + 2;

    /// <param name="scratch">As many entries.</param>
    public void Sort(Entry* entries, Entry* scratch, int count, int partitions)
    {
        if (partitions == 1)
        {
            SortKeys(entries, scratch, count, 0);
            return;
        }
        var starts = new int[partitions + 1];
        for (var i = 0; i < count; i++)
            starts[entries[i].Partition + 1]++;
        for (var i = 1; i <= partitions; i++)
            starts[i] += starts[i - 1];
        var next = starts.AsSpan(0, partitions).ToArray();
        for (var i = 0; i < count; i++)
            scratch[next[entries[i].Partition]++] = entries[i];
        Copy(scratch, entries, count);
        for (var i = 0; i < partitions; i++)
            SortKeys(entries + starts[i], scratch, starts[i + 1] - starts[i], 0);
    }

    /// <param name="depth">How many bytes of the keys are known to be equal; the prefixes are the next eight.</param>
    private void SortKeys(Entry* entries, Entry* scratch, int count, int depth)
    {
        if (count < 2)
            return;
        if (count <= FewEntries || depth > DepthMax)
        {
            new Span<Entry>(entries, count).Sort(new KeyComparer(records, depth));
            return;
        }
        SortPrefixes(entries, scratch, count);
        for (var first = 0; first < count;)
        {
            var end = first + 1;
            while (end < count && entries[end].Prefix == entries[first].Prefix)
                end++;
            if (end - first > 1)
                SortGroup(entries + first, scratch, end - first, depth);
            first = end;
        }
    }

    /// <summary>Entries of equal prefixes: shorter keys first, then those that go on, by what follows.</summary>
    private void SortGroup(Entry* entries, Entry* scratch, int count, int depth)
    {
        var starts = stackalloc int[Ends + 1];
        new Span<int>(starts, Ends + 1).Clear();
        for (var i = 0; i < count; i++)
            starts[EndOf(entries[i], depth) + 1]++;
        for (var i = 1; i <= Ends; i++)
            starts[i] += starts[i - 1];
        var longer = starts[Ends - 1];
        if (starts[EndOf(entries[0], depth) + 1] != count || starts[EndOf(entries[0], depth)] != 0)
        {
            for (var i = 0; i < count; i++)
                scratch[starts[EndOf(entries[i], depth)]++] = entries[i];
            Copy(scratch, entries, count);
        }
        for (var i = longer; i < count; i++)
            entries[i] = entries[i] with { Prefix = KeyOrder.PrefixOf(KeyOf(records, entries[i])[(depth + PrefixBytes)..]) };
        SortKeys(entries + longer, scratch, count - longer, depth + PrefixBytes);
    }

    private int EndOf(in Entry entry, int depth) => Math.Min(KeyOf(records, entry).Length - depth, Ends - 1);

    private static void SortPrefixes(Entry* entries, Entry* scratch, int count)
    {
        var counts = stackalloc int[PrefixBytes * Radix];
        new Span<int>(counts, PrefixBytes * Radix).Clear();
        for (var i = 0; i < count; i++)
        {
            var prefix = entries[i].Prefix;
            for (var place = 0; place < PrefixBytes; place++, prefix >>= 8)
                counts[(place * Radix) + (int)(prefix & 0xff)]++;
        }
        var (from, to) = ((nint)entries, (nint)scratch);
        for (var place = 0; place < PrefixBytes; place++)
        {
            var next = counts + (place * Radix);
            var shift = place * 8;
            // Where all have the same byte there is nothing to move.
            if (next[(int)((entries[0].Prefix >> shift) & 0xff)] == count)
                continue;
            var sum = 0;
            for (var i = 0; i < Radix; i++)
            {
                var here = next[i];
                next[i] = sum;
                sum += here;
            }
            var source = (Entry*)from;
            var target = (Entry*)to;
            for (var i = 0; i < count; i++)
                target[next[(int)((source[i].Prefix >> shift) & 0xff)]++] = source[i];
            (from, to) = (to, from);
        }
        if (from != (nint)entries)
            Copy((Entry*)from, entries, count);
    }

    private static void Copy(Entry* from, Entry* to, int count) =>
        new ReadOnlySpan<Entry>(from, count).CopyTo(new Span<Entry>(to, count));

    private static ReadOnlySpan<byte> KeyOf(byte* records, in Entry entry)
    {
        var at = records + entry.Offset;
        var length = RecordLength.Read(ref at);
        RecordLength.Read(ref at);
        return new ReadOnlySpan<byte>(at, length);
    }

    private readonly struct KeyComparer(byte* records, int depth) : IComparer<Entry>
    {
        public int Compare(Entry a, Entry b)
        {
            if (a.Prefix != b.Prefix)
                return a.Prefix.CompareTo(b.Prefix);
            var byKey = KeyOf(records, a)[depth..].SequenceCompareTo(KeyOf(records, b)[depth..]);
            return byKey != 0 ? byKey : a.Offset.CompareTo(b.Offset);
        }
    }
}
