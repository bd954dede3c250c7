using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Output;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>Text output of records that are not text, as Hadoop's classes print themselves.</summary>
internal sealed class FormTextOutput(IRecordOutput inner, RecordForm form) : IRecordOutput
{
    private readonly ByteBuffer _key = new(), _value = new();

    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Print(key, _key);
        Print(value, _value);
        inner.Write(_key.Span, _value.Span);
    }

    public void Finish() => inner.Finish();

    public void Dispose() => inner.Dispose();

    private void Print(ReadOnlySpan<byte> bytes, ByteBuffer to)
    {
        to.Clear();
        to.WriteText(form == RecordForm.RawBytes ? Writables.Hex(bytes) : TypedText.Of(bytes));
    }
}
