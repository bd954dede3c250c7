namespace Agora.Hadoop.Tasks.Input;

/// <summary>KeyValueTextInputFormat: a line is a key up to the first separator and a value; without one it is all key.</summary>
internal sealed class KeyValueTextSource(SplitReader reader, long splitLength, byte separator) : IRecordSource
{
    private int _keyLength;

    public long Records { get; private set; }
    public long Position => reader.LineOffset;
    public long BytesRead => reader.BytesRead;
    public double Fraction => splitLength == 0 ? 1 : Math.Min(1, (double)reader.BytesRead / splitLength);
    public ReadOnlySpan<byte> Key => reader.Line[.._keyLength];
    public ReadOnlySpan<byte> Value => reader.Line[Math.Min(_keyLength + 1, reader.Line.Length)..];

    public bool Next()
    {
        if (!reader.Next())
            return false;
        Records++;
        var line = reader.Line;
        _keyLength = line.IndexOf(separator) is var at and >= 0 ? at : line.Length;
        return true;
    }

    public void Dispose() => reader.Dispose();
}
