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
    private int _packedLength, _unpackedLength;

    /// <summary>Of the piece; valid until the next.</summary>
    public ReadOnlyMemory<byte> Records { get; private set; }

    public int Count { get; private set; }

    /// <summary>Reads on to the end, for nothing but to see that all is as it was written.</summary>
    /// <exception cref="CorruptBlockException">It is not.</exception>
    public void Verify()
    {
        while (Advance())
        {
        }
    }

    /// <returns>False at the end.</returns>
    /// <exception cref="CorruptBlockException">The bytes are damaged or cut off.</exception>
    public bool Next()
    {
        if (!Advance())
            return false;
        if (_packedLength == _unpackedLength)
        {
            Records = _packed.AsMemory(0, _packedLength);
            return true;
        }
        Fit(ref _unpacked, _unpackedLength, keep: 0);
        if (LZ4Codec.Decode(_packed.AsSpan(0, _packedLength), _unpacked.AsSpan(0, _unpackedLength)) != _unpackedLength)
            throw Damaged();
        Records = _unpacked.AsMemory(0, _unpackedLength);
        return true;
    }

    private bool Advance()
    {
        var read = from.ReadAtLeast(_head, Piece.HeadBytes, throwOnEndOfStream: false);
        if (read == 0 && !isMarked)
            return false;
        if (read < Piece.HeadBytes)
            throw new CorruptBlockException("a block of records is cut off");
        (_packedLength, _unpackedLength, Count, var checksum) = Piece.ReadHead(_head);
        if (_packedLength < 0 || _unpackedLength < _packedLength || Count < 0)
            throw Damaged();
        ReadBody(_packedLength);
        if (Piece.ChecksumOf(_head, _packed.AsSpan(0, _packedLength)) != checksum)
            throw Damaged();
        return Count > 0;
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
