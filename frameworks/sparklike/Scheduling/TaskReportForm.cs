using System.Buffers;
using System.Text;

namespace Agora.Spark.Scheduling;

/// <summary>
/// A <see cref="TaskReport"/> as bytes: a version, the kind, the blocks, then the kind's own. Numbers are written seven bits
/// a byte, the lowest first; texts are UTF-8 after their length; offsets are written as differences.
/// </summary>
public static class TaskReportForm
{
    private const byte Version = 1;
    private const byte SucceededKind = 0, FetchFailedKind = 1, FailedKind = 2, KilledKind = 3;
    private const byte IsKept = 1, InMemory = 2;

    /// <summary>A report bigger than this is not read; its status could not have carried it.</summary>
    private const int BytesMax = 1 << 26;

    public static byte[] Write(TaskReport report)
    {
        var writer = new Writer(report is TaskReport.Succeeded s ? s.Result.Length + 64 : 256);
        writer.Byte(Version);
        writer.Byte(report switch
        {
            TaskReport.Succeeded => SucceededKind,
            TaskReport.FetchFailed => FetchFailedKind,
            TaskReport.Failed => FailedKind,
            TaskReport.Killed => KilledKind,
            _ => throw new ArgumentException($"no form for {report.GetType().Name}", nameof(report)),
        });
        writer.Number(report.Blocks.Count);
        for (var i = 0; i < report.Blocks.Count; i++)
        {
            var change = report.Blocks[i];
            writer.Number(change.Block.RddId);
            writer.Number(change.Block.Partition);
            writer.Number(change.Bytes);
            writer.Byte((byte)((change.IsKept ? IsKept : 0) | (change.InMemory ? InMemory : 0)));
        }
        switch (report)
        {
            case TaskReport.Succeeded succeeded: Write(ref writer, succeeded); break;
            case TaskReport.FetchFailed failed: Write(ref writer, failed); break;
            case TaskReport.Failed failed: Write(ref writer, failed); break;
        }
        return writer.Finish();
    }

    /// <param name="bytes">The result of a report that succeeded stays a part of it.</param>
    /// <exception cref="InvalidDataException">These are not the bytes of a report; the message says what is wrong.</exception>
    public static TaskReport Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > BytesMax)
            throw new InvalidDataException($"a task's report of {bytes.Length} bytes is longer than {BytesMax}");
        var reader = new Reader(bytes);
        var version = reader.Byte();
        if (version != Version)
            throw new InvalidDataException($"a task's report has version {version}, not {Version}: executor and driver are not of one build");
        var kind = reader.Byte();
        var blocks = ReadBlocks(ref reader);
        TaskReport report = kind switch
        {
            SucceededKind => ReadSucceeded(ref reader) with { Blocks = blocks },
            FetchFailedKind => new TaskReport.FetchFailed(
                reader.Int(), reader.Int(), reader.Text(), reader.Text())
            { Blocks = blocks },
            FailedKind => ReadFailed(ref reader) with { Blocks = blocks },
            KilledKind => new TaskReport.Killed { Blocks = blocks },
            _ => throw new InvalidDataException($"a task's report is of unknown kind {kind}"),
        };
        if (reader.Left > 0)
            throw new InvalidDataException($"a task's report has {reader.Left} bytes behind its end");
        return report;
    }

    private static void Write(ref Writer writer, TaskReport.Succeeded report)
    {
        writer.Number(report.Result.Length);
        writer.Bytes(report.Result.Span);
        if (report.Output is not { } output)
        {
            writer.Number(0);
            return;
        }
        writer.Number(output.Offsets.Count + 1);
        writer.Text(output.Location);
        var before = 0L;
        for (var i = 0; i < output.Offsets.Count; i++)
        {
            writer.Number(output.Offsets[i] - before);
            before = output.Offsets[i];
        }
    }

    private static void Write(ref Writer writer, TaskReport.FetchFailed report)
    {
        writer.Number(report.ShuffleId);
        writer.Number(report.MapPartition);
        writer.Text(report.Location);
        writer.Text(report.Error);
    }

    private static void Write(ref Writer writer, TaskReport.Failed report)
    {
        writer.Byte(report.IsFinal ? (byte)1 : (byte)0);
        writer.Text(report.Error.Type);
        writer.Text(report.Error.Message);
        writer.Number(report.Error.Frames.Count);
        for (var i = 0; i < report.Error.Frames.Count; i++)
            writer.Text(report.Error.Frames[i]);
        writer.Byte(report.Error.Record is null ? (byte)0 : (byte)1);
        if (report.Error.Record is { } record)
            writer.Text(record);
    }

    private static BlockChange[] ReadBlocks(ref Reader reader)
    {
        // A block takes four bytes or more.
        var count = reader.Count(bytesEach: 4);
        if (count == 0)
            return [];
        var blocks = new BlockChange[count];
        for (var i = 0; i < count; i++)
        {
            var block = new BlockId(reader.Int(), reader.Int());
            var size = reader.Number();
            var flags = reader.Byte();
            blocks[i] = new BlockChange(block, size, (flags & InMemory) != 0, (flags & IsKept) != 0);
        }
        return blocks;
    }

    private static TaskReport.Succeeded ReadSucceeded(ref Reader reader)
    {
        var result = reader.Bytes(reader.Count(bytesEach: 1));
        var offsetsAndOne = reader.Count(bytesEach: 1);
        if (offsetsAndOne == 0)
            return new TaskReport.Succeeded(result, null);
        var location = reader.Text();
        var offsets = new long[offsetsAndOne - 1];
        var at = 0L;
        for (var i = 0; i < offsets.Length; i++)
        {
            at = unchecked(at + reader.Number());
            if (at < 0 || (i > 0 && at < offsets[i - 1]))
                throw new InvalidDataException("a task's report has offsets that go backwards");
            offsets[i] = at;
        }
        return new TaskReport.Succeeded(result, new MapOutput(location, offsets));
    }

    private static TaskReport.Failed ReadFailed(ref Reader reader)
    {
        var isFinal = reader.Byte() != 0;
        var (type, message) = (reader.Text(), reader.Text());
        var frames = new string[reader.Count(bytesEach: 1)];
        for (var i = 0; i < frames.Length; i++)
            frames[i] = reader.Text();
        var record = reader.Byte() != 0 ? reader.Text() : null;
        return new TaskReport.Failed(new TaskError(type, message, frames, record), isFinal);
    }

    private struct Writer(int capacity)
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        private int _length;

        public void Byte(byte value)
        {
            Ensure(1);
            _buffer[_length++] = value;
        }

        public void Number(long value)
        {
            Ensure(10);
            var rest = (ulong)value;
            for (; rest >= 0x80; rest >>= 7)
                _buffer[_length++] = (byte)(rest | 0x80);
            _buffer[_length++] = (byte)rest;
        }

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            Ensure(bytes.Length);
            bytes.CopyTo(_buffer.AsSpan(_length));
            _length += bytes.Length;
        }

        public void Text(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            Number(length);
            Ensure(length);
            _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
        }

        public byte[] Finish()
        {
            var bytes = _buffer.AsSpan(0, _length).ToArray();
            ArrayPool<byte>.Shared.Return(_buffer);
            return bytes;
        }

        private void Ensure(int more)
        {
            if (_buffer.Length - _length >= more)
                return;
            var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + more));
            _buffer.AsSpan(0, _length).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = bigger;
        }
    }

    private struct Reader(ReadOnlyMemory<byte> bytes)
    {
        private int _at;

        public readonly int Left => bytes.Length - _at;

        public byte Byte() => _at < bytes.Length ? bytes.Span[_at++] : throw Short();

        public long Number()
        {
            var value = 0UL;
            for (var shift = 0; shift < 70; shift += 7)
            {
                var next = Byte();
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                    return (long)value;
            }
            throw new InvalidDataException("a task's report has a number of more than ten bytes");
        }

        public int Int() => Number() is >= 0 and <= int.MaxValue and var value ? (int)value
            : throw new InvalidDataException("a task's report has a number that is out of range");

        /// <summary>A count that what is left can hold.</summary>
        public int Count(int bytesEach)
        {
            var count = Number();
            // One is always allowed beyond the bytes: counts of offsets are one more.
            return count >= 0 && count <= Left / bytesEach + 1L && count <= int.MaxValue ? (int)count : throw Short();
        }

        public ReadOnlyMemory<byte> Bytes(int count)
        {
            if (count > Left)
                throw Short();
            var part = bytes.Slice(_at, count);
            _at += count;
            return part;
        }

        public string Text() => Encoding.UTF8.GetString(Bytes(Count(bytesEach: 1)).Span);

        private readonly InvalidDataException Short() => new($"a task's report of {bytes.Length} bytes ends early");
    }
}
