using System.Buffers.Text;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>TextInputFormat and its kin: each line is a record, its key where it begins.</summary>
/// <param name="givesLines">Lines end at LF, CR or CR LF, so that they can be passed on in blocks.</param>
internal sealed class TextSource(SplitReader reader, long splitLength, bool givesLines) : IRecordSource
{
    private const int DigitsMax = 20;

    private readonly byte[] _digits = new byte[DigitsMax];

    public long Records { get; private set; }
    public long Position => reader.LineOffset;
    public bool KeyIsPosition => true;
    public bool GivesLines => givesLines;
    public long BytesRead => reader.BytesRead;
    public double Fraction => splitLength == 0 ? 1 : Math.Min(1, (double)reader.BytesRead / splitLength);

    public ReadOnlySpan<byte> Key
    {
        get
        {
            Utf8Formatter.TryFormat(reader.LineOffset, _digits, out var used);
            return _digits.AsSpan(0, used);
        }
    }

    public ReadOnlySpan<byte> Value => reader.Line;

    public bool Next()
    {
        if (!reader.Next())
            return false;
        Records++;
        return true;
    }

    public bool NextLines(out ReadOnlySpan<byte> lines)
    {
        var more = reader.NextLines(out lines, out var count);
        Records += count;
        return more;
    }

    public void Dispose() => reader.Dispose();
}
