using Agora.Spark.Records;

namespace Agora.Spark.Blocks;

/// <summary>A partition that is in memory as packed pieces, or in a file alone.</summary>
/// <param name="pieces">Null for one in a file.</param>
internal sealed class PackedBlock(BlockId id, StorageLevel level, IReadOnlyList<byte[]>? pieces) : StoredBlock(id, level)
{
    public IReadOnlyList<byte[]>? Pieces { get; private set; } = pieces;

    public override bool IsInMemory => Pieces is not null;

    public override void Leave() => Pieces = null;

    public override Action<Stream> Writer()
    {
        var pieces = Pieces ?? [];
        return stream =>
        {
            foreach (var piece in pieces)
                stream.Write(piece);
            stream.Write(Piece.EndMark);
        };
    }

    public static IEnumerable<T> Read<T>(IReadOnlyList<byte[]> pieces) =>
        pieces.SelectMany(p => RecordBlocks.ReadPieces<T>(new MemoryStream(p, writable: false), isMarked: false));
}
