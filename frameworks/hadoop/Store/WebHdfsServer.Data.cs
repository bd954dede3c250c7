using System.IO.Pipelines;
using Agora.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Agora.Hadoop.Store;

/// <summary>Operations on what files hold; those that carry data are in two steps.</summary>
internal sealed partial class WebHdfsServer
{
    private async Task OpenAsync(HttpContext context, WebHdfsRequest request)
    {
        var offset = request.Long("offset", absent: 0, min: 0);
        var asked = request.Long("length", absent: long.MaxValue, min: 0);
        var file = Existing(request, MissingFile, FsAction.Read);
        if (file.Length > 0 && offset >= file.Length)
            throw WebHdfsException.Io($"Offset={offset} out of the range [0, {file.Length}); OPEN, path={request.Path}");
        if (!request.IsDataStep)
        {
            var block = store.Names.Blocks(file).LastOrDefault(b => b.Offset <= offset);
            await RedirectAsync(context, request, block is not null && store.Locations(block) is [var node, ..] ? node : null, ("offset", "0"));
            return;
        }
        if (file.IsDirectory)
            throw WebHdfsException.NotFound($"File does not exist: {request.Path}");
        var length = Math.Min(asked, Math.Max(0, file.Length - offset));
        context.Response.ContentType = OctetStream;
        context.Response.ContentLength = length;
        await store.CopyAsync(file, offset, length, context.Response.BodyWriter, context.RequestAborted);
    }

    private async Task ChecksumAsync(HttpContext context, WebHdfsRequest request)
    {
        var file = Existing(request, MissingFile, FsAction.Read);
        if (!request.IsDataStep)
        {
            await RedirectAsync(context, request, null);
            return;
        }
        if (file.IsDirectory)
            throw WebHdfsException.NotFound($"File does not exist: {request.Path}");
        var pipe = new Pipe();
        var reading = FileChecksum.ComputeAsync(pipe.Reader, file.BlockSizeBytes, context.RequestAborted);
        try
        {
            await store.CopyAsync(file, 0, file.Length, pipe.Writer, context.RequestAborted);
            await pipe.Writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await pipe.Writer.CompleteAsync(e);
        }
        var (algorithm, hex) = await reading;
        await AnswerAsync(context, new FileChecksumAnswer(new WireFileChecksum(algorithm, hex, 28)), Json.FileChecksumAnswer);
    }

    private async Task CreateAsync(HttpContext context, WebHdfsRequest request)
    {
        var blockSize = request.Long("blocksize", options.BlockSizeBytes, StoreOptions.BlockSizeBytesMin);
        var replication = (int)Math.Min(request.Long("replication", options.Replication, 1), StoreOptions.ReplicationMax);
        var permission = request.Permission("644");
        var overwrite = request.Flag("overwrite");
        if (!request.IsDataStep)
        {
            await RedirectAsync(context, request, null, ("overwrite", "false"));
            return;
        }
        var trail = store.Names.Trail(request.Path);
        if (overwrite && trail[^1] is not null)
            CheckFor(request).Demand(trail, itself: FsAction.Write);
        else
            CheckFor(request).Demand(trail, ancestor: FsAction.Write);
        if (trail[^1] is { IsDirectory: true })
        {
            throw WebHdfsException.Io(
                $"java.io.IOException: Cannot create file {request.Path}; already exists as a directory.");
        }
        if (trail[^1] is null && trail.Any(i => i is { IsDirectory: false }))
        {
            throw WebHdfsException.NotFound("java.io.FileNotFoundException: Parent path is not a directory: /" +
                string.Join('/', trail.OfType<Inode>().Skip(1).Select(i => i.Name)));
        }
        if (request.Path == StoragePath.Root || !await store.CreateAsync(request.Path, context.Request.Body,
            overwrite, blockSize, replication, permission, request.User, context.RequestAborted))
        {
            throw WebHdfsException.Io($"java.io.IOException: failed to create file {request.Path} on client " +
                $"{context.Connection.RemoteIpAddress} either because the filename is invalid or the file exists");
        }
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"webhdfs://{context.Request.Host}{Escaped(request.Path)}";
        await AnswerEmptyAsync(context);
    }

    private async Task AppendAsync(HttpContext context, WebHdfsRequest request)
    {
        var file = Existing(request, MissingFile, FsAction.Write);
        if (!request.IsDataStep)
        {
            await RedirectAsync(context, request, null);
            return;
        }
        if (file.IsDirectory)
            throw WebHdfsException.NotFound($"File {request.Path} not found.");
        if (!await store.AppendAsync(request.Path, file, context.Request.Body, context.RequestAborted))
            throw WebHdfsException.Io($"failed to append to {request.Path}: it was changed at the same time; try again");
        await AnswerEmptyAsync(context);
    }

    private async Task TruncateAsync(HttpContext context, WebHdfsRequest request)
    {
        request.Required("newlength");
        var length = request.Long("newlength", absent: 0, min: 0);
        var file = Existing(request, MissingStatus, FsAction.Write);
        if (file.IsDirectory)
            throw WebHdfsException.NotFound($"Path is not a file: {request.Path}");
        if (length > file.Length)
        {
            throw WebHdfsException.HadoopArgument("Cannot truncate to a larger file size. " +
                $"Current size: {file.Length}, truncate size: {length}.");
        }
        if (!await store.TruncateAsync(request.Path, file, length, context.RequestAborted))
            throw WebHdfsException.Io($"failed to truncate {request.Path}: it was changed at the same time; try again");
        await AnswerAsync(context, new BooleanAnswer(true), Json.BooleanAnswer);
    }

    private Task ConcatAsync(HttpContext context, WebHdfsRequest request)
    {
        var paths = request.Required("sources").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var target = Existing(request, MissingStatus, FsAction.Write);
        if (target.IsDirectory)
            throw WebHdfsException.NotFound($"Path is not a file: {request.Path}");
        List<Inode> sources = [];
        foreach (var path in paths)
        {
            if (!path.StartsWith('/'))
                throw WebHdfsException.BadArgument($"Absolute path required, but got '{path}'");
            var trail = store.Names.Trail(path);
            CheckFor(request).Demand(trail, parent: FsAction.Write, itself: FsAction.Read);
            var source = trail[^1] is { IsDirectory: false } found ? found
                : throw WebHdfsException.NotFound(MissingStatus.Replace("{0}", path, StringComparison.Ordinal));
            if (source.Id == target.Id)
                throw WebHdfsException.HadoopArgument($"concat: the src file {path} is the same with the target file {request.Path}");
            if (StoragePath.ParentOf(path) != StoragePath.ParentOf(request.Path))
                throw WebHdfsException.HadoopArgument($"Source file {path} is not in the same directory with the target {request.Path}");
            if (source.Length == 0)
                throw WebHdfsException.HadoopArgument($"concat: source file {path} is invalid or empty or underConstruction");
            if (source.BlockSizeBytes > target.BlockSizeBytes)
            {
                throw WebHdfsException.HadoopArgument($"concat: source file {path} has preferred block size {source.BlockSizeBytes} " +
                    $"which is greater than the target file's preferred block size {target.BlockSizeBytes}");
            }
            sources.Add(source);
        }
        if (sources.DistinctBy(s => s.Id).Count() != paths.Length)
            throw WebHdfsException.HadoopArgument("concat: at least two of the source files are the same");
        if (!store.Concat(target, sources))
            throw WebHdfsException.Io($"failed to concat to {request.Path}: a file was changed at the same time; try again");
        return AnswerEmptyAsync(context);
    }

    /// <param name="node">Null for any that lives.</param>
    private async Task RedirectAsync(HttpContext context, WebHdfsRequest request, string? node,
        params (string Name, string Value)[] defaults)
    {
        node ??= options.Nodes.FirstOrDefault(store.Replicator.Living.Contains) ?? options.Nodes[0];
        var location = $"http://{context.Request.Host}{WebHdfsRequest.PathPrefix}{Escaped(request.Path)}" +
            request.RedirectQuery(defaults) + $"&{WebHdfsRequest.DataStep}={Uri.EscapeDataString(node)}";
        if (request.Flag("noredirect"))
        {
            await AnswerAsync(context, Utf8($"{{\"Location\":\"{location}\"}}"));
            return;
        }
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "TEMPORARY_REDIRECT";
        context.Response.Headers.Location = location;
        await AnswerEmptyAsync(context);
    }

    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
