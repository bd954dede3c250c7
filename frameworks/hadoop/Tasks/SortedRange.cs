using Agora.Hadoop.Tasks.Programs;

namespace Agora.Hadoop.Tasks;

/// <summary>Some entries of a sorted buffer, as a combiner reads them.</summary>
/// <param name="end">The entry after the last.</param>
internal sealed class SortedRange(SortBuffer buffer, KeyOrder order, int first, int end) : IGroupedRecords
{
    private int _read;

    public bool IsEmpty => first == end;
    public bool StartsGroup { get; private set; }
    public ReadOnlySpan<byte> Key => buffer.KeyOf(buffer.Entries[first + _read - 1]);
    public ReadOnlySpan<byte> Value => buffer.ValueOf(buffer.Entries[first + _read - 1]);

    public bool Next()
    {
        if (first + _read == end)
            return false;
        _read++;
        StartsGroup = _read == 1 || order.Compare(buffer.KeyOf(buffer.Entries[first + _read - 2]), Key) != 0;
        return true;
    }
}
