using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agora.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Agora.Hadoop.Store;

/// <summary>
/// The embedded store over HTTP as WebHDFS 1.x speaks it. It is name node and data node in one: data operations are
/// redirected to itself with a <c>datanode</c> parameter, as clients expect two steps.
/// </summary>
internal sealed partial class WebHdfsServer(EmbeddedStore store, StoreOptions options, TimeProvider time)
{
    private const string OctetStream = "application/octet-stream", MissingStatus = "File does not exist: {0}",
        MissingFile = "File {0} not found.";

    private static readonly WebHdfsJson Json = new(new JsonSerializerOptions(WebHdfsJson.Default.Options)
    {
        // Names come out as they are, as Hadoop's do.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private readonly AuthCookie _cookies = new(time);
    private readonly DelegationTokens _tokens = new(store.Names, time);
    private readonly AdminPages _pages = new(store, options, time);

    public async Task HandleAsync(HttpContext context)
    {
        WebHdfsRequest? request = null;
        OtherSites.SetHeaders(context.Response);
        try
        {
            OtherSites.RefuseChanges(context.Request);
            if (!context.Request.Path.StartsWithSegments(WebHdfsRequest.PathPrefix, StringComparison.Ordinal))
            {
                await _pages.AnswerAsync(context);
                return;
            }
            request = new WebHdfsRequest(context, options.DefaultUser, _cookies, _tokens);
            if (request.WantsCookie)
            {
                context.Response.Headers.Expires = "Thu, 01-Jan-1970 00:00:00 GMT";
                context.Response.Headers.SetCookie = _cookies.For(request.User);
            }
            await DispatchAsync(context, request);
        }
        catch (WebHdfsException e)
        {
            await RefuseAsync(context, e);
        }
        catch (AccessControlException e)
        {
            // What a data node says was said to it by the name node, and it names the class.
            await RefuseAsync(context, WebHdfsException.Denied(request is { IsDataStep: true }
                ? $"org.apache.hadoop.security.AccessControlException: {e.Message}" : e.Message));
        }
        catch (QuotaExceededException e)
        {
            await RefuseAsync(context, new WebHdfsException(403, e.Name, "org.apache.hadoop.hdfs.protocol", e.Message));
        }
        catch (FileNotFoundException e)
        {
            await RefuseAsync(context, WebHdfsException.NotFound(e.Message));
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, WebHdfsException.Io(e.Message));
        }
        catch (SqliteException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, WebHdfsException.Io($"the namespace below {options.Root} cannot be changed or read: {e.Message}"));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; what it was writing has been dropped.
        }
    }

    private Task DispatchAsync(HttpContext context, WebHdfsRequest request)
    {
        var method = context.Request.Method == "HEAD" ? "GET" : context.Request.Method;
        if (request["doas"] is { Length: > 0 } other)
        {
            throw new WebHdfsException(401, "SecurityException", "java.lang", "Failed to obtain user group information: " +
                "org.apache.hadoop.security.authorize.AuthorizationException: " +
                $"User: {request.User} is not allowed to impersonate {other}");
        }
        return (method, request.Operation) switch
        {
            ("GET", "OPEN") => OpenAsync(context, request),
            ("GET", "GETFILESTATUS") => StatAsync(context, request),
            ("GET", "LISTSTATUS") => ListAsync(context, request),
            ("GET", "LISTSTATUS_BATCH") => ListBatchAsync(context, request),
            ("GET", "GETCONTENTSUMMARY") => SummarizeAsync(context, request),
            ("GET", "GETQUOTAUSAGE") => QuotaUsageAsync(context, request),
            ("GET", "GETACLSTATUS") => AclStatusAsync(context, request),
            ("GET", "LISTXATTRS") => AttributeNamesAsync(context, request),
            ("GET", "GETFILECHECKSUM") => ChecksumAsync(context, request),
            ("GET", "GETFILEBLOCKLOCATIONS") => LocateAsync(context, request),
            ("GET", "GET_BLOCK_LOCATIONS") => LocateBlocksAsync(context, request),
            ("GET", "GET_LOCAL_BLOCK") => LocalBlockAsync(context, request),
            ("GET", "GETHOMEDIRECTORY") => AnswerAsync(context, new PathAnswer($"/user/{request.User}"), Json.PathAnswer),
            ("GET", "GETTRASHROOT") => AnswerAsync(context, new PathAnswer($"/user/{request.User}/.Trash"), Json.PathAnswer),
            ("GET", "GETSTATUS") => StatusAsync(context),
            ("GET", "GETSERVERDEFAULTS") => DefaultsAsync(context),
            ("GET", "CHECKACCESS") => CheckAccessAsync(context, request),
            ("GET", "GETXATTRS") => AttributesAsync(context, request),
            ("GET", "GETDELEGATIONTOKEN") => IssueTokenAsync(context, request),
            ("PUT", "CREATE") => CreateAsync(context, request),
            ("PUT", "MKDIRS") => MakeDirectoriesAsync(context, request),
            ("PUT", "RENAME") => RenameAsync(context, request),
            ("PUT", "SETREPLICATION") => SetReplicationAsync(context, request),
            ("PUT", "SETPERMISSION") => SetPermissionAsync(context, request),
            ("PUT", "SETOWNER") => SetOwnerAsync(context, request),
            ("PUT", "SETTIMES") => SetTimesAsync(context, request),
            ("PUT", "SETXATTR") => SetAttributeAsync(context, request),
            ("PUT", "REMOVEXATTR") => RemoveAttributeAsync(context, request),
            ("PUT", "SETQUOTA") => SetQuotaAsync(context, request),
            ("PUT", "RENEWDELEGATIONTOKEN") => RenewTokenAsync(context, request),
            ("PUT", "CANCELDELEGATIONTOKEN") => CancelTokenAsync(context, request),
            ("POST", "APPEND") => AppendAsync(context, request),
            ("POST", "TRUNCATE") => TruncateAsync(context, request),
            ("POST", "CONCAT") => ConcatAsync(context, request),
            ("DELETE", "DELETE") => DeleteAsync(context, request),
            (_, null or "") => throw new WebHdfsException(
                400, "UnsupportedOperationException", "java.lang", "op=NULL is not supported"),
            _ => throw WebHdfsException.BadParameter("op", "No enum constant org.apache.hadoop.hdfs.web.resources." +
                $"{method[..1]}{method[1..].ToLowerInvariant()}OpParam.Op.{request.Operation}"),
        };
    }

    private PermissionCheck CheckFor(WebHdfsRequest request)
    {
        if (request.User == options.Superuser)
            return new PermissionCheck(request.User, new HashSet<string>(), true);
        var groups = UserGroups.Of(request.User);
        return new PermissionCheck(request.User, groups, groups.Contains(options.Group));
    }

    /// <summary>What is at the request's path, if its user may do there what he asks for.</summary>
    /// <param name="otherwise">The message if nothing is there; <c>{0}</c> stands for the path.</param>
    private Inode Existing(WebHdfsRequest request, string otherwise, FsAction itself = FsAction.None)
    {
        var trail = store.Names.Trail(request.Path);
        CheckFor(request).Demand(trail, itself: itself);
        return trail[^1] ??
            throw WebHdfsException.NotFound(otherwise.Replace("{0}", request.Path, StringComparison.Ordinal));
    }

    private static async Task AnswerAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> shape) =>
        await AnswerAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, shape));

    private static async Task AnswerAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }

    private static Task AnswerEmptyAsync(HttpContext context)
    {
        context.Response.ContentType = OctetStream;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static async Task RefuseAsync(HttpContext context, WebHdfsException e)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = e.Status;
        await AnswerAsync(context, new RemoteExceptionAnswer(e.Remote), Json.RemoteExceptionAnswer);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
