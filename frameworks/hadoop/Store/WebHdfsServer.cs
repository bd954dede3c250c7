using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agora.Storage;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>
/// The embedded store over HTTP as WebHDFS 1.x speaks it. It is name node and data node in one: data operations are
/// redirected to itself with a <c>datanode</c> parameter, as clients expect two steps.
/// </summary>
internal sealed class WebHdfsServer(EmbeddedStore store, StoreOptions options)
{
    private const string DataStep = "datanode", OctetStream = "application/octet-stream";

    private static readonly WebHdfsJson Json = new(new JsonSerializerOptions(WebHdfsJson.Default.Options)
    {
        // Names come out as they are, as Hadoop's do.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (!context.Request.Path.StartsWithSegments(WebHdfsRequest.PathPrefix, StringComparison.Ordinal))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            var request = new WebHdfsRequest(context, options.DefaultUser);
            await DispatchAsync(context, request);
        }
        catch (WebHdfsException e)
        {
            await RefuseAsync(context, e);
        }
        catch (FileNotFoundException e)
        {
            await RefuseAsync(context, WebHdfsException.NotFound(e.Message));
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, WebHdfsException.Io(e.Message));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; what it was writing has been dropped.
        }
    }

    private Task DispatchAsync(HttpContext context, WebHdfsRequest request)
    {
        var method = context.Request.Method;
        return (method, request.Operation) switch
        {
            ("GET", "OPEN") => OpenAsync(context, request),
            ("GET", "GETFILESTATUS") => AnswerAsync(context,
                new FileStatusAnswer(ToWire(Existing(request, "File does not exist: {0}"), "")),
                Json.FileStatusAnswer),
            ("GET", "LISTSTATUS") => ListAsync(context, request),
            ("GET", "GETCONTENTSUMMARY") => SummarizeAsync(context, request),
            ("GET", "GETFILEBLOCKLOCATIONS") => LocateAsync(context, request),
            ("GET", "GET_BLOCK_LOCATIONS") => LocateBlocksAsync(context, request),
            ("GET", "GETHOMEDIRECTORY") => AnswerAsync(context, new PathAnswer($"/user/{request.User}"), Json.PathAnswer),
            ("PUT", "CREATE") => CreateAsync(context, request),
            ("PUT", "MKDIRS") => MakeDirectoriesAsync(context, request),
            ("PUT", "RENAME") => RenameAsync(context, request),
            ("PUT", "SETPERMISSION") => SetAsync(context, request,
                i => store.Names.SetAttributes(i, permission: request.Permission("755"))),
            ("PUT", "SETOWNER") => SetOwnerAsync(context, request),
            ("PUT", "SETTIMES") => SetAsync(context, request, i => store.Names.SetAttributes(
                i, modifiedMs: Time(request, "modificationtime"), accessedMs: Time(request, "accesstime"))),
            ("POST", "APPEND") => AppendAsync(context, request),
            ("DELETE", "DELETE") => AnswerAsync(context,
                new BooleanAnswer(store.Delete(request.Path, request.Flag("recursive"))), Json.BooleanAnswer),
            (_, null or "") => throw new WebHdfsException(
                400, "UnsupportedOperationException", "java.lang", "op=NULL is not supported"),
            _ => throw WebHdfsException.BadParameter("op", "No enum constant org.apache.hadoop.hdfs.web.resources." +
                $"{method[..1]}{method[1..].ToLowerInvariant()}OpParam.Op.{request.Operation}"),
        };
    }

    private async Task OpenAsync(HttpContext context, WebHdfsRequest request)
    {
        var file = Existing(request, "File {0} not found.");
        var offset = request.Long("offset", absent: 0, min: 0);
        var asked = request.Long("length", absent: long.MaxValue, min: 0);
        if (request[DataStep] is null)
        {
            var block = store.Names.Blocks(file).LastOrDefault(b => b.Offset <= offset);
            await RedirectAsync(context, request, block is { Nodes.Count: > 0 } ? block.Nodes[0] : options.Nodes[0],
                ("offset", "0"));
            return;
        }
        if (file.IsDirectory)
            throw WebHdfsException.NotFound($"File does not exist: {request.Path}");
        if (offset >= file.Length && file.Length > 0)
            throw WebHdfsException.Io($"Offset={offset} out of the range [0, {file.Length}); OPEN, path={request.Path}");
        var length = Math.Min(asked, file.Length - offset);
        context.Response.ContentType = OctetStream;
        context.Response.ContentLength = length;
        await store.CopyAsync(file, offset, length, context.Response.Body, context.RequestAborted);
    }

    private async Task CreateAsync(HttpContext context, WebHdfsRequest request)
    {
        var blockSize = request.Long("blocksize", options.BlockSizeBytes, StoreOptions.BlockSizeBytesMin);
        var replication = (int)request.Long("replication", options.Replication, 1);
        if (request[DataStep] is null)
        {
            await RedirectAsync(context, request, options.Nodes[0], ("overwrite", "false"));
            return;
        }
        if (request.Path == StoragePath.Root || !await store.CreateAsync(request.Path, context.Request.Body,
            request.Flag("overwrite"), blockSize, replication, request.Permission("644"), request.User,
            context.RequestAborted))
        {
            throw WebHdfsException.Io($"java.io.IOException: failed to create file {request.Path} on client " +
                $"{context.Connection.RemoteIpAddress} either because the filename is invalid or the file exists");
        }
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = OctetStream;
        context.Response.Headers.Location = $"webhdfs://{context.Request.Host}{request.Path}";
    }

    private async Task AppendAsync(HttpContext context, WebHdfsRequest request)
    {
        var file = Existing(request, "File {0} not found.");
        if (request[DataStep] is null)
        {
            await RedirectAsync(context, request, options.Nodes[0]);
            return;
        }
        if (file.IsDirectory)
            throw WebHdfsException.NotFound($"File {request.Path} not found.");
        if (!await store.AppendAsync(file, context.Request.Body, context.RequestAborted))
            throw WebHdfsException.Io($"failed to append to {request.Path}: it was changed at the same time");
        context.Response.ContentType = OctetStream;
    }

    private Task MakeDirectoriesAsync(HttpContext context, WebHdfsRequest request)
    {
        store.Names.MakeDirectories(request.Path, request.Permission("755"), request.User, options.Group);
        return AnswerAsync(context, new BooleanAnswer(true), Json.BooleanAnswer);
    }

    private Task RenameAsync(HttpContext context, WebHdfsRequest request)
    {
        if (request["destination"] is not { Length: > 0 } destination)
            throw WebHdfsException.BadArgument("Can not create a Path from a null string");
        if (!destination.StartsWith('/'))
            throw WebHdfsException.BadParameter("destination",
                $"Invalid parameter value: destination = \"{destination}\" is not an absolute path.");
        var renamed = store.Names.Rename(request.Path, StoragePath.Resolve(StoragePath.Root, destination));
        return AnswerAsync(context, new BooleanAnswer(renamed), Json.BooleanAnswer);
    }

    private Task SetOwnerAsync(HttpContext context, WebHdfsRequest request)
    {
        var owner = request["owner"] is { Length: > 0 } o ? o : null;
        var group = request["group"] is { Length: > 0 } g ? g : null;
        if (owner is null && group is null)
            throw WebHdfsException.BadArgument("Both owner and group are empty.");
        return SetAsync(context, request, i => store.Names.SetAttributes(i, owner: owner, group: group));
    }

    private Task SetAsync(HttpContext context, WebHdfsRequest request, Action<Inode> set)
    {
        set(Existing(request, "File does not exist: {0}"));
        context.Response.ContentType = OctetStream;
        return Task.CompletedTask;
    }

    private async Task ListAsync(HttpContext context, WebHdfsRequest request)
    {
        var inode = Existing(request, "File {0} does not exist.");
        IReadOnlyList<WireFileStatus> list = inode.IsDirectory
            ? [.. store.Names.Children(inode).OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => ToWire(c, c.Name))]
            : [ToWire(inode, "")];
        context.Response.ContentType = "application/json";
        var lines = list.Select(s => JsonSerializer.Serialize(s, Json.WireFileStatus));
        await context.Response.WriteAsync(
            $"{{\"FileStatuses\":{{\"FileStatus\":[\n{string.Join(",\n", lines)}\n]}}}}\n", context.RequestAborted);
    }

    private Task SummarizeAsync(HttpContext context, WebHdfsRequest request)
    {
        var s = store.Names.Summarize(Existing(request, "File does not exist: {0}"));
        return AnswerAsync(context, new ContentSummaryAnswer(new WireContentSummary(
            s.Directories, s.Files, s.Length, -1, s.SpaceConsumedBytes, -1)), Json.ContentSummaryAnswer);
    }

    private Task LocateAsync(HttpContext context, WebHdfsRequest request)
    {
        var (_, blocks) = BlocksAsked(request);
        return AnswerAsync(context, new BlockLocationsAnswer(new BlockLocationList(
            [.. blocks.Select(b => new WireBlockLocation([], false, b.Nodes, b.Length, b.Nodes, b.Offset,
                [.. b.Nodes.Select(n => $"/default-rack/{n}")]))])), Json.BlockLocationsAnswer);
    }

    private Task LocateBlocksAsync(HttpContext context, WebHdfsRequest request)
    {
        var (file, blocks) = BlocksAsked(request);
        var port = context.Request.Host.Port ?? 0;
        return AnswerAsync(context, new LocatedBlocksAnswer(new WireLocatedBlocks(file.Length, false,
            [.. blocks.Select(b => new WireLocatedBlock(new WireBlock(b.Id, 1, b.Length), new WireBlockToken("AAAAAA"),
                false, [.. b.Nodes.Select(n => new WireDatanode("NORMAL", n, port, n, "/default-rack"))], b.Offset))])),
            Json.LocatedBlocksAnswer);
    }

    private (Inode File, IEnumerable<Block> Blocks) BlocksAsked(WebHdfsRequest request)
    {
        var file = Existing(request, "File does not exist: {0}");
        var offset = request.Long("offset", absent: 0, min: 0);
        var length = request.Long("length", absent: long.MaxValue, min: 0);
        return (file, store.Names.Blocks(file)
            .Where(b => b.Offset + b.Length > offset && (b.Offset < offset || b.Offset - offset < length)));
    }

    private Inode Existing(WebHdfsRequest request, string otherwise) =>
        store.Names.Find(request.Path) ??
        throw WebHdfsException.NotFound(otherwise.Replace("{0}", request.Path, StringComparison.Ordinal));

    private static long? Time(WebHdfsRequest request, string name) =>
        request.Long(name, absent: -1, min: -1) is var time and >= 0 ? time : null;

    private static async Task RedirectAsync(HttpContext context, WebHdfsRequest request, string node,
        params (string Name, string Value)[] defaults)
    {
        var path = string.Join('/', request.Path.Split('/').Select(Uri.EscapeDataString));
        var location = $"http://{context.Request.Host}{WebHdfsRequest.PathPrefix}{path}" +
            request.RedirectQuery(defaults) + $"&{DataStep}={Uri.EscapeDataString(node)}";
        if (request.Flag("noredirect"))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($"{{\"Location\":\"{location}\"}}");
            return;
        }
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.ContentType = OctetStream;
        context.Response.ContentLength = 0;
        context.Response.Headers.Location = location;
    }

    private static Task AnswerAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> shape)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(answer, shape), context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, WebHdfsException e)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.Clear();
        context.Response.StatusCode = e.Status;
        return AnswerAsync(context, new RemoteExceptionAnswer(e.Remote), Json.RemoteExceptionAnswer);
    }

    private static WireFileStatus ToWire(Inode i, string suffix) => new(
        i.AccessedMs, i.BlockSizeBytes, i.Group, i.Length, i.ModifiedMs, i.Owner, suffix, i.Permission,
        i.Replication, i.IsDirectory ? "DIRECTORY" : "FILE");
}
