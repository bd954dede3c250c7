using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>SequenceFileOutputFormat: Hadoop's SequenceFile of version 6, not compressed, keys and values of class Text.</summary>
internal sealed class SequenceFileOutput : IRecordOutput
{
    private const int MarkBytes = 16, SyncEscape = -1, VLongBytesMax = 5;

    /// <summary>Bytes between sync marks, as Hadoop has it.</summary>
    private const int SyncInterval = 100 * (sizeof(int) + MarkBytes);

    private readonly PartFile _file;
    private readonly byte[] _mark = RandomNumberGenerator.GetBytes(MarkBytes);
    private long _sinceMark;

    public SequenceFileOutput(PartFile file)
    {
        _file = file;
        _file.Write("SEQ\u0006"u8);
        WriteText("org.apache.hadoop.io.Text"u8);
        WriteText("org.apache.hadoop.io.Text"u8);
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
        var keyBytes = TextBytes(key.Length);
        var length = keyBytes + TextBytes(value.Length);
        WriteInt(length);
        WriteInt(keyBytes);
        WriteText(key);
        WriteText(value);
        _sinceMark += length + (2 * sizeof(int));
    }

    public void Finish() => _file.Finish();

    public void Dispose() => _file.Dispose();

    private void WriteInt(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        _file.Write(bytes);
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[VLongBytesMax];
        _file.Write(length[..PutVLong(length, text.Length)]);
        _file.Write(text);
    }

    private static int TextBytes(int length)
    {
        Span<byte> bytes = stackalloc byte[VLongBytesMax];
        return PutVLong(bytes, length) + length;
    }

    /// <summary>Hadoop's variable form: up to 127 a byte; else how many bytes follow, then those, high ones first.</summary>
    private static int PutVLong(Span<byte> to, int number)
    {
        if (number <= 127)
        {
            to[0] = (byte)number;
            return 1;
        }
        var bytes = number > 0xffffff ? 4 : number > 0xffff ? 3 : number > 0xff ? 2 : 1;
        to[0] = unchecked((byte)(sbyte)(-112 - bytes));
        for (var i = 0; i < bytes; i++)
            to[1 + i] = (byte)(number >> (8 * (bytes - 1 - i)));
        return 1 + bytes;
    }
}
