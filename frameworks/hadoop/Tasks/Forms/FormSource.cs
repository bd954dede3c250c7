using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>Records of text in another form.</summary>
internal sealed class FormSource(IRecordSource inner, RecordForm form) : IRecordSource
{
    private readonly ByteBuffer _key = new(), _value = new();

    public ReadOnlySpan<byte> Key => _key.Span;
    public ReadOnlySpan<byte> Value => _value.Span;
    public long Position => inner.Position;
    public long Records => inner.Records;
    public long BytesRead => inner.BytesRead;
    public double Fraction => inner.Fraction;

    public bool Next()
    {
        if (!inner.Next())
            return false;
        _key.Clear();
        if (inner.KeyIsPosition)
            Conversion.Append(inner.Position, form, _key);
        else
            Conversion.Append(RecordForm.Text, inner.Key, form, _key);
        _value.Clear();
        Conversion.Append(RecordForm.Text, inner.Value, form, _value);
        return true;
    }

    public void Dispose() => inner.Dispose();
}
