using System.Runtime.CompilerServices;

namespace Agora.Spark.Records.Codecs;

/// <summary>
/// Objects of exactly one class: null or not, and, where the class can refer to itself, whether the object was already
/// met within the value.
/// </summary>
internal abstract class ReferenceCodec<T> : RecordCodec<T?> where T : class
{
    private const int Untracked = -1;

    private bool _isTracked, _isReady;

    internal sealed override bool TakesNull => true;

    public sealed override void Write(RecordWriter writer, T? value)
    {
        writer.WriteByte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
            WriteKnown(writer, value);
    }

    public sealed override T? Read(RecordReader reader) => reader.ReadByte() == 0 ? null : ReadKnown(reader);

    internal sealed override void WriteExact(RecordWriter writer, object value) => WriteKnown(writer, Unsafe.As<T>(value));

    internal sealed override object ReadExact(RecordReader reader) => ReadKnown(reader);

    protected abstract void WriteContents(RecordWriter writer, T value);

    /// <param name="slot">What <see cref="Made"/> is to be told as soon as there is an object.</param>
    protected abstract T ReadContents(RecordReader reader, int slot);

    protected static void Made(RecordReader reader, int slot, T value)
    {
        if (slot != Untracked)
            reader.References.Set(slot, value);
    }

    private bool IsTracked
    {
        get
        {
            if (!_isReady)
            {
                _isTracked = Reachability.CanReferToItself(this);
                Volatile.Write(ref _isReady, true);
            }
            return _isTracked;
        }
    }

    private void WriteKnown(RecordWriter writer, T value)
    {
        if (!IsTracked)
        {
            WriteContents(writer, value);
            return;
        }
        NestingLimit.Check<T>();
        var index = writer.References.EnterWriting(value);
        writer.WriteLength(index + 1);
        if (index >= 0)
            return;
        WriteContents(writer, value);
        writer.References.Leave();
    }

    private T ReadKnown(RecordReader reader)
    {
        if (!IsTracked)
            return ReadContents(reader, Untracked);
        NestingLimit.Check<T>();
        var index = reader.ReadLength() - 1;
        if (index >= 0)
            return reader.References.Get(index) as T ?? throw new InvalidDataException("an object is of another type than it is used as");
        var slot = reader.References.EnterReading();
        var value = ReadContents(reader, slot);
        Made(reader, slot, value);
        reader.References.Leave();
        return value;
    }
}
