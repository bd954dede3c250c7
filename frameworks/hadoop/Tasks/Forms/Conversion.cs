using System.Buffers.Binary;
using Agora.Hadoop.Jobs;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>A key or value of one form as one of another.</summary>
internal static class Conversion
{
    public static void Append(RecordForm from, ReadOnlySpan<byte> bytes, RecordForm to, ByteBuffer buffer)
    {
        switch (from, to)
        {
            case (RecordForm.RawBytes, RecordForm.TypedBytes):
                TypedBytes.WriteBytes(TypedBytes.Bytes, bytes, buffer);
                break;
            case (RecordForm.TypedBytes, RecordForm.Text or RecordForm.KeyOnlyText):
                buffer.WriteText(TypedText.Of(bytes));
                break;
            case (RecordForm.Text or RecordForm.KeyOnlyText, RecordForm.TypedBytes):
                TypedBytes.WriteText(bytes, buffer);
                break;
            case (RecordForm.Text or RecordForm.KeyOnlyText, RecordForm.RawBytes):
                // A text writes its length before itself.
                VLong.Write(bytes.Length, buffer);
                buffer.Write(bytes);
                break;
            default:
                buffer.Write(bytes);
                break;
        }
    }

    /// <summary>A number, such as where a line begins.</summary>
    public static void Append(long number, RecordForm to, ByteBuffer buffer)
    {
        if (to == RecordForm.TypedBytes)
        {
            TypedBytes.WriteLong(number, buffer);
            return;
        }
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), number);
        buffer.Advance(sizeof(long));
    }
}
