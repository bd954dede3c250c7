using Agora.Storage;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>
/// An operation of this store alone, for readers on its machine: which file holds a block, so that they need not have it
/// sent (HDFS's short-circuit reads). Who may not read a file is told nothing, and the blocks' directories are open to
/// the store's own user only, so nobody gains by a path.
/// </summary>
internal sealed partial class WebHdfsServer
{
    private Task LocalBlockAsync(HttpContext context, WebHdfsRequest request)
    {
        var file = Existing(request, MissingFile, FsAction.Read);
        var offset = request.Long("offset", absent: 0, min: 0);
        var block = store.Names.Blocks(file).LastOrDefault(b => b.Offset <= offset);
        if (block is null || offset >= block.Offset + block.Length)
            throw WebHdfsException.NotFound($"{request.Path} has no byte {offset}");
        var path = store.FileOf(block, request["node"]);
        var checksums = path is null ? null : store.Names.Contents(block.Id)?.Checksums;
        return AnswerAsync(context, new LocalBlockAnswer(new WireLocalBlock(file.Length, block.Offset, block.Length,
            checksums is null ? null : path, BlockFiles.ChunkBytes, checksums is null ? null : Convert.ToBase64String(checksums))),
            Json.LocalBlockAnswer);
    }
}
