using Agora.Hadoop.Tasks.Programs;

namespace Agora.Hadoop.Tasks;

/// <summary>The merged records of a reduce, counted, with the borders of its groups.</summary>
/// <param name="progressed">Called now and then with the part that has been read, 0 to 1.</param>
internal sealed class ReduceInput(MergeReader merge, KeyOrder order, long totalBytes, Action<double> progressed)
    : IGroupedRecords
{
    private const int RecordsPerReport = 1024;

    private byte[] _lastKey = [];
    private int _lastLength;
    private long _bytes;

    public long Records { get; private set; }
    public long Groups { get; private set; }

    public bool IsEmpty => totalBytes == 0;
    public bool StartsGroup { get; private set; }
    public ReadOnlySpan<byte> Key => merge.Key;
    public ReadOnlySpan<byte> Value => merge.Value;

    public bool Next()
    {
        if (!merge.Next())
            return false;
        var key = merge.Key;
        StartsGroup = Records == 0 || order.Compare(_lastKey.AsSpan(0, _lastLength), key) != 0;
        if (StartsGroup)
        {
            Groups++;
            if (_lastKey.Length < key.Length)
                _lastKey = new byte[key.Length];
            key.CopyTo(_lastKey);
            _lastLength = key.Length;
        }
        _bytes += key.Length + merge.ValueLength;
        if (++Records % RecordsPerReport == 0)
            progressed(Math.Min(1, (double)_bytes / totalBytes));
        return true;
    }
}
