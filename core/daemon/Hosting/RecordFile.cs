using System.Buffers.Binary;
using Agora.Cluster;
using Agora.Protocol;
using Google.Protobuf;

namespace Agora.Daemon.Hosting;

/// <summary>
/// The records of an agent on disk, one after the other, each with its length. They outlive the process, not the machine's
/// power: what they tell of does not either, so nothing waits for the disk. A record that was cut off when the process was
/// killed is the last, and nothing had been done of what it says.
/// </summary>
public sealed class RecordFile : IDisposable
{
    private const int BytesMax = 16 << 20, LengthBytes = 4;

    private readonly string _path;
    private readonly MemoryStream _buffer = new();
    private FileStream? _file;
    private long _rewriteAt = BytesMax;

    /// <param name="path">Of the file; it need not exist.</param>
    /// <exception cref="WireFormatException">The file holds something else; the message names the field.</exception>
    public RecordFile(string path)
    {
        _path = path;
        Former = File.Exists(path) ? Read(path) : [];
    }

    /// <summary>What a former process wrote.</summary>
    public IReadOnlyList<AgentRecord> Former { get; }

    /// <summary>Puts other records in place of all that were written.</summary>
    public void Replace(IEnumerable<AgentRecord> records)
    {
        _file?.Dispose();
        var next = _path + ".new";
        // The tokens in it are secrets.
        _file = new FileStream(next, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        Write(records);
        File.Move(next, _path, overwrite: true);
        _rewriteAt = _file.Position + BytesMax;
    }

    /// <param name="agent">Gives what to keep when the file has grown too long.</param>
    public void Append(IReadOnlyList<AgentRecord> records, Agent agent)
    {
        if (_file is null || _file.Position > _rewriteAt)
            Replace(agent.Records);
        else
            Write(records);
    }

    public void Dispose() => _file?.Dispose();

    private static List<AgentRecord> Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var records = new List<AgentRecord>();
        while (bytes.Length >= LengthBytes && BinaryPrimitives.ReadInt32LittleEndian(bytes) is var length &&
            (uint)length <= bytes.Length - LengthBytes)
        {
            records.Add(Parse(bytes.Slice(LengthBytes, length)));
            bytes = bytes[(LengthBytes + length)..];
        }
        return records;
    }

    private static AgentRecord Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return V1.AgentRecord.Parser.ParseFrom(bytes).ToDomain();
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new WireFormatException($"a record is not understood: {e.Message}");
        }
    }

    private void Write(IEnumerable<AgentRecord> records)
    {
        _buffer.SetLength(0);
        Span<byte> length = stackalloc byte[LengthBytes];
        foreach (var record in records)
        {
            var wire = record.ToWire();
            BinaryPrimitives.WriteInt32LittleEndian(length, wire.CalculateSize());
            _buffer.Write(length);
            wire.WriteTo(_buffer);
        }
        _file!.Write(_buffer.GetBuffer(), 0, (int)_buffer.Length);
    }
}
