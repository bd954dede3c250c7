using System.Buffers.Binary;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>Records on their way into a program and out of it, in a form that is not text.</summary>
internal static class ProgramForm
{
    /// <param name="form">Raw or typed bytes; the record is of that form.</param>
    public static void Write(RecordForm form, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Stream to)
    {
        Write(form, key, to);
        Write(form, value, to);
    }

    public static void Write(RecordForm form, ReadOnlySpan<byte> bytes, Stream to)
    {
        if (form == RecordForm.RawBytes)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            to.Write(length);
        }
        to.Write(bytes);
    }

    /// <summary>Reads all records that a program writes.</summary>
    /// <exception cref="AttemptFailedException">What it writes is not of the form.</exception>
    public static void ReadAll(RecordForm form, Stream from, RecordHandler output)
    {
        var stream = new BinaryStream(from);
        ByteBuffer key = new(), value = new();
        try
        {
            while (Read(form, stream, key))
            {
                if (!Read(form, stream, value))
                    throw new EndOfStreamException();
                output(key.Span, value.Span);
            }
        }
        catch (EndOfStreamException e)
        {
            throw new AttemptFailedException(
                $"the program's output ends within a record of {form.ToString().ToLowerInvariant()}: a key needs a value", e);
        }
    }

    private static bool Read(RecordForm form, BinaryStream from, ByteBuffer to)
    {
        to.Clear();
        if (form == RecordForm.TypedBytes)
            return TypedBytes.Read(from, to);
        if (from.AtEnd)
            return false;
        var length = from.Int();
        if (length < 0)
            throw new AttemptFailedException($"the program wrote {length} where a length of raw bytes has to be");
        if (length > RecordTooLongException.BytesMax)
            throw new RecordTooLongException();
        from.Bytes(length, to);
        return true;
    }
}
