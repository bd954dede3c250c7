using System.Buffers;

namespace Agora.Spark.Records;

/// <summary>Takes what is to be written.</summary>
internal delegate void WriteBytes(ReadOnlySpan<byte> bytes);

/// <summary>Gathers records into pieces.</summary>
/// <param name="pieceBytes">When a piece is full, in bytes of records.</param>
internal sealed class PieceWriter<T>(WriteBytes write, int pieceBytes) : IDisposable
{
    /// <summary>Records may take no bytes at all.</summary>
    private const int RecordsMax = 1 << 20;

    private readonly RecordCodec<T> _codec = RecordCodec<T>.Default;
    private readonly RecordWriter _records = new();
    private byte[] _packed = [];
    private int _count;

    /// <summary>Bytes of memory it holds.</summary>
    public int Buffered => _records.Length;

    public void Add(T record)
    {
        _codec.Write(_records, record);
        if (++_count == RecordsMax || _records.Length >= pieceBytes)
            Flush();
    }

    /// <summary>Ends the piece, if there is one.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        var room = Piece.RoomFor(_records.Length);
        if (_packed.Length < room)
        {
            Dispose();
            _packed = ArrayPool<byte>.Shared.Rent(room);
        }
        write(_packed.AsSpan(0, Piece.Pack(_records.Written.Span, _count, _packed)));
        _records.Clear();
        _count = 0;
    }

    public void Dispose()
    {
        if (_packed.Length > 0)
            ArrayPool<byte>.Shared.Return(_packed);
        _packed = [];
    }
}
