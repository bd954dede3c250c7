using System.Buffers;
using K4os.Compression.LZ4;

namespace Agora.Spark.Records;

/// <summary>Reads pieces off a stream one by one, and makes sure that they are what was written.</summary>
/// <param name="isMarked">False for pieces that go on to the end of the stream.</param>
internal sealed class PieceReader(Stream from, bool isMarked) : IDisposable
{
    /// <summary>So much is taken on the word of a head whose checksum has not been seen.</summary>
    private const int TrustedBytes = 1 << 20;

    private readonly byte[] _head = new byte[Piece.HeadBytes];
    private byte[] _packed = [], _unpacked = [];

    /// <summary>Of the piece; valid until the next.</summary>
    public ReadOnlyMemory<byte> Records { get; private set; }

    public int Count { get; private set; }

    /// <returns>False at the end.</returns>
    /// <exception cref="CorruptBlockException">The bytes are damaged or cut off.</exception>
    public bool Next()
    {
        var read = from.ReadAtLeast(_head, Piece.HeadBytes, throwOnEndOfStream: false);
        if (read == 0 && !isMarked)
            return false;
        if (read < Piece.HeadBytes)
            throw new CorruptBlockException("a block of records is cut off");
        var (packed, unpacked, count, checksum) = Piece.ReadHead(_head);
        if (packed < 0 || unpacked < packed || count < 0)
            throw Damaged();
        ReadBody(packed);
        var body = _packed.AsSpan(0, packed);
        if (Piece.ChecksumOf(_head, body) != checksum)
            throw Damaged();
        if (count == 0)
            return false;
        if (packed == unpacked)
        {
            Records = _packed.AsMemory(0, packed);
        }
        else
        {
            Fit(ref _unpacked, unpacked, keep: 0);
            if (LZ4Codec.Decode(body, _unpacked.AsSpan(0, unpacked)) != unpacked)
                throw Damaged();
            Records = _unpacked.AsMemory(0, unpacked);
        }
        Count = count;
        return true;
    }

    public void Dispose()
    {
        Fit(ref _packed, 0, keep: 0);
        Fit(ref _unpacked, 0, keep: 0);
    }

    private void ReadBody(int length)
    {
        for (var read = 0; read < length;)
        {
            var next = (int)Math.Min(length, Math.Max(TrustedBytes, 2L * read));
            Fit(ref _packed, next, keep: read);
            if (from.ReadAtLeast(_packed.AsSpan(read, next - read), next - read, throwOnEndOfStream: false) < next - read)
                throw new CorruptBlockException("a block of records is cut off");
            read = next;
        }
    }

    private static void Fit(ref byte[] buffer, int size, int keep)
    {
        if (size > 0 && buffer.Length >= size)
            return;
        var next = size > 0 ? ArrayPool<byte>.Shared.Rent(size) : [];
        buffer.AsSpan(0, keep).CopyTo(next);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = next;
    }

    private static CorruptBlockException Damaged() => new("a block of records is damaged: its bytes do not add up");
}
