using System.IO.Pipelines;
using Agora.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Agora.Hadoop.Store;

/// <summary>Operations on what files hold, each in two steps.</summary>
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
