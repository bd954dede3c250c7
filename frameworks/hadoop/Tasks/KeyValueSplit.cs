using System.Text;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Cuts a line into key and value at the n-th separator; a line with fewer of them is all key, its value empty.
/// </summary>
internal sealed class KeyValueSplit(string separator, int keyFields)
{
    private readonly byte[] _separator = Encoding.UTF8.GetBytes(separator);

    /// <summary>
    /// True if a line that holds this separator is the same again when its key and value are joined with it.
    /// </summary>
    public bool IsUndoneBy(ReadOnlySpan<byte> separator) =>
        keyFields == 1 && separator.Length == 1 && separator.SequenceEqual(_separator) && separator[0] != '\n';

    public void Cut(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var end = -1;
        var from = 0;
        for (var field = 0; field < keyFields; field++)
        {
            var at = line[from..].IndexOf(_separator);
            if (at < 0)
            {
                key = line;
                value = default;
                return;
            }
            end = from + at;
            from = end + _separator.Length;
        }
        key = line[..end];
        value = line[from..];
    }
}
