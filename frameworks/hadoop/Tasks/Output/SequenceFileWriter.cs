using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>Hadoop's SequenceFile of version 6, not compressed, of keys and values that are records of one form.</summary>
internal sealed class SequenceFileWriter
{
    private const int MarkBytes = 16, SyncEscape = -1;

    /// <summary>Bytes between sync marks, as Hadoop has it.</summary>
    private const int SyncInterval = 100 * (sizeof(int) + MarkBytes);

    private readonly Stream _file;
    private readonly bool _isText;
    private readonly byte[] _mark = RandomNumberGenerator.GetBytes(MarkBytes);
    private long _sinceMark;

    public SequenceFileWriter(Stream file, RecordForm form)
    {
        _file = file;
        _isText = form.IsText();
        _file.Write("SEQ\u0006"u8);
        for (var i = 0; i < 2; i++)
        {
            var name = Encoding.ASCII.GetBytes(Writables.ClassOf(form));
            _file.WriteByte((byte)name.Length);
            _file.Write(name);
        }
        // No compression, no blocks, no metadata.
        _file.Write([0, 0]);
        WriteInt(0);
        _file.Write(_mark);
    }

    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_sinceMark >= SyncInterval)
        {
            WriteInt(SyncEscape);
            _file.Write(_mark);
            _sinceMark = 0;
        }
        Span<byte> keyLength = stackalloc byte[VLong.BytesMax], valueLength = stackalloc byte[VLong.BytesMax];
        keyLength = keyLength[..PutLength(key.Length, keyLength)];
        valueLength = valueLength[..PutLength(value.Length, valueLength)];
        var length = keyLength.Length + key.Length + valueLength.Length + value.Length;
        WriteInt(length);
        WriteInt(keyLength.Length + key.Length);
        _file.Write(keyLength);
        _file.Write(key);
        _file.Write(valueLength);
        _file.Write(value);
        _sinceMark += length + (2 * sizeof(int));
    }

    private void WriteInt(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        _file.Write(bytes);
    }

    /// <summary>What Text and BytesWritable write before their bytes.</summary>
    private int PutLength(int length, Span<byte> to)
    {
        if (_isText)
            return VLong.Write(length, to);
        BinaryPrimitives.WriteInt32BigEndian(to, length);
        return sizeof(int);
    }
}
