using System.Security.Cryptography;
using Agora.Hadoop.Tasks.Programs;

namespace Agora.Hadoop.Tasks;

/// <summary>The merged records of a reduce, counted, with the borders of its groups.</summary>
/// <param name="progressed">Called now and then with the part that has been read, 0 to 1.</param>
internal sealed class ReduceInput(MergeReader merge, KeyOrder order, long totalBytes, Action<double> progressed)
    : IGroupedRecords
{
    private const int RecordsPerReport = 1024;

    /// <summary>Of longer keys a digest is kept, which tells as well whether the next is the same.</summary>
    private const int KeptKeyBytesMax = 1 << 20;

    private byte[] _lastKey = [];
    private int _lastLength;
    private bool _lastIsDigest;
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
        // Orders by fields or numbers have equal keys with different bytes.
        var isDigest = key.Length > KeptKeyBytesMax && order.IsByBytes;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (isDigest)
            SHA256.HashData(key, digest);
        var compared = isDigest ? digest : key;
        StartsGroup = Records == 0 || isDigest != _lastIsDigest || (isDigest
            ? !digest.SequenceEqual(_lastKey.AsSpan(0, _lastLength)) : order.Compare(_lastKey.AsSpan(0, _lastLength), key) != 0);
        if (StartsGroup)
        {
            Groups++;
            if (_lastKey.Length < compared.Length)
                _lastKey = new byte[compared.Length];
            compared.CopyTo(_lastKey);
            (_lastLength, _lastIsDigest) = (compared.Length, isDigest);
        }
        _bytes += key.Length + merge.ValueLength;
        if (++Records % RecordsPerReport == 0)
            progressed(Math.Min(1, (double)_bytes / totalBytes));
        return true;
    }
}
