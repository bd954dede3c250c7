using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Programs;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>What Hadoop's own classes of keys and values write of themselves, in the forms of records.</summary>
internal static class Writables
{
    private const string Package = "org.apache.hadoop.io.";

    public const string Text = Package + "Text", Bytes = Package + "BytesWritable", Null = Package + "NullWritable",
        Typed = "org.apache.hadoop.typedbytes.TypedBytesWritable";

    public const string NullText = "(null)";

    /// <summary>Typed bytes have no type for nothing; this is its class, written out.</summary>
    public static readonly byte[] TypedNull = NullAsTyped();

    /// <summary>The class whose values the records of a form are.</summary>
    public static string ClassOf(RecordForm form) => form switch
    {
        RecordForm.TypedBytes => Typed,
        RecordForm.RawBytes => Bytes,
        _ => Text,
    };

    /// <summary>Appends what a value wrote of itself, as a record of some form has it.</summary>
    /// <exception cref="AttemptFailedException">The class is not known.</exception>
    public static void Append(string writable, ReadOnlySpan<byte> written, RecordForm form, ByteBuffer to)
    {
        switch (form)
        {
            case RecordForm.TypedBytes: AppendTyped(writable, written, to); break;
            // Bytes are themselves; anything else is what it wrote.
            case RecordForm.RawBytes: to.Write(writable is Bytes or Typed ? written[sizeof(int)..] : written); break;
            default: AppendText(writable, written, to); break;
        }
    }

    private static void AppendTyped(string writable, ReadOnlySpan<byte> written, ByteBuffer to)
    {
        switch (writable)
        {
            case Text: TypedBytes.WriteText(PlainText(written), to); break;
            case Bytes: TypedBytes.WriteBytes(TypedBytes.Bytes, written[sizeof(int)..], to); break;
            case Typed: to.Write(written[sizeof(int)..]); break;
            case Null: to.Write(TypedNull); break;
            case Package + "ByteWritable": Fixed(TypedBytes.Byte, written); break;
            case Package + "BooleanWritable": Fixed(TypedBytes.Bool, written); break;
            case Package + "IntWritable": Fixed(TypedBytes.Int, written); break;
            case Package + "LongWritable": Fixed(TypedBytes.Long, written); break;
            case Package + "FloatWritable": Fixed(TypedBytes.Float, written); break;
            case Package + "DoubleWritable": Fixed(TypedBytes.Double, written); break;
            default: throw NotKnown(writable, "typed bytes");
        }

        void Fixed(byte type, ReadOnlySpan<byte> number)
        {
            to.WriteByte(type);
            to.Write(number);
        }
    }

    private static void AppendText(string writable, ReadOnlySpan<byte> written, ByteBuffer to)
    {
        if (writable == Text)
        {
            to.Write(PlainText(written));
            return;
        }
        to.WriteText(writable switch
        {
            Typed => TypedText.Of(written[sizeof(int)..]),
            Bytes => Hex(written[sizeof(int)..]),
            Null => "",
            Package + "ByteWritable" => ((sbyte)written[0]).ToString(CultureInfo.InvariantCulture),
            Package + "BooleanWritable" => written[0] == 0 ? "false" : "true",
            Package + "IntWritable" => BinaryPrimitives.ReadInt32BigEndian(written).ToString(CultureInfo.InvariantCulture),
            Package + "LongWritable" => BinaryPrimitives.ReadInt64BigEndian(written).ToString(CultureInfo.InvariantCulture),
            Package + "FloatWritable" => JavaDouble.Text(BinaryPrimitives.ReadSingleBigEndian(written)),
            Package + "DoubleWritable" => JavaDouble.Text(BinaryPrimitives.ReadDoubleBigEndian(written)),
            _ => throw NotKnown(writable, "text"),
        });
    }

    /// <summary>As BytesWritable prints itself.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var b in bytes)
            text.Append(text.Length == 0 ? "" : " ").Append(b.ToString("x2", CultureInfo.InvariantCulture));
        return text.ToString();
    }

    private static ReadOnlySpan<byte> PlainText(ReadOnlySpan<byte> written) => written[BinaryStream.VLongBytes(written)..];

    private static byte[] NullAsTyped()
    {
        var name = Encoding.UTF8.GetBytes(Null);
        var written = new ByteBuffer();
        TypedBytes.WriteInt(name.Length, written);
        written.Write(name);
        var typed = new ByteBuffer();
        TypedBytes.WriteBytes(TypedBytes.Writable, written.Span, typed);
        return typed.Span.ToArray();
    }

    private static AttemptFailedException NotKnown(string writable, string what) =>
        new($"a SequenceFile of {writable} cannot be read as {what}");
}
