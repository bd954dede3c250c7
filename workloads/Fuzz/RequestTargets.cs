using System.Text;
using Agora.Hadoop.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Agora.Workloads.Fuzz;

/// <summary>Requests to the store, whole ones: read, and done to a store that is made anew after a while.</summary>
internal static class RequestTargets
{
    private static readonly string[] Operations =
    [
        "OPEN", "GETFILESTATUS", "LISTSTATUS", "LISTSTATUS_BATCH", "GETCONTENTSUMMARY", "GETQUOTAUSAGE", "GETACLSTATUS", "LISTXATTRS", "GETFILECHECKSUM",
        "GETFILEBLOCKLOCATIONS", "GET_BLOCK_LOCATIONS", "GETHOMEDIRECTORY", "GETTRASHROOT", "GETSTATUS", "GETSERVERDEFAULTS", "CHECKACCESS", "GETXATTRS", "GETDELEGATIONTOKEN",
        "CREATE", "MKDIRS", "RENAME", "SETOWNER", "SETPERMISSION", "SETREPLICATION", "SETTIMES", "DELETE", "APPEND", "CONCAT", "TRUNCATE",
    ];

    public static IEnumerable<FuzzTarget> All()
    {
        var trial = new TrialStore();
        yield return new FuzzTarget("WebHDFS requests", [.. Operations.Select(o => Encoding.UTF8.GetBytes($"GET /webhdfs/v1/a/b?op={o}&user.name=root&offset=1&length=2")),
            .. new[] { "PUT /webhdfs/v1/d?op=MKDIRS&permission=755", "PUT /webhdfs/v1/d?op=RENAME&destination=/e", "DELETE /webhdfs/v1/d?op=DELETE&recursive=true", "GET /fsck?path=/", "GET /webhdfs/v1/?op=LISTSTATUS" }.Select(Encoding.UTF8.GetBytes)],
            ["GET ", "PUT ", "POST ", "DELETE ", "/webhdfs/v1", "?op=", "&", "=", "%2f", "%00", "..", "//", "user.name=", "delegation=", "offset=", "length=", "permission=", "recursive=true", "startAfter=", "noredirect=true", "datanode=true", .. Operations],
            bytes => trial.Answer(Encoding.UTF8.GetString(bytes)))
        { AllocatedBytesMax = 4 << 20 };
    }

    private sealed class TrialStore : IDisposable
    {
        private const int RequestsMax = 20_000, StatusFaulty = 500;

        private string? _directory;
        private EmbeddedStore? _store;
        private WebHdfsServer? _server;
        private int _requests;

        public string Answer(string input)
        {
            var space = input.IndexOf(' ', StringComparison.Ordinal);
            var (method, target) = (input[..Math.Max(space, 0)], input[(space + 1)..]);
            var question = target.IndexOf('?', StringComparison.Ordinal);
            var path = question < 0 ? target : target[..question];
            // Others do not get past the web server.
            if (!path.StartsWith('/') || method is not ("GET" or "PUT" or "POST" or "DELETE" or "HEAD") || target.Any(c => c is <= ' ' or >= '\x7f' or '#'))
                return "not HTTP";
            if (_server is null || ++_requests % RequestsMax == 0)
                Renew();
            var context = new DefaultHttpContext();
            context.Request.Method = method;
            context.Request.Path = Uri.UnescapeDataString(path);
            if (context.Request.Path.Value!.Contains('\0', StringComparison.Ordinal))
                return "not HTTP";
            context.Request.QueryString = new QueryString(question < 0 ? "" : target[question..]);
            context.Request.Host = new HostString("localhost");
            context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
            using var body = new MemoryStream();
            context.Response.Body = body;
            _server!.HandleAsync(context).GetAwaiter().GetResult();
            if (context.Response.StatusCode >= StatusFaulty)
                throw new InvalidOperationException($"answered {context.Response.StatusCode}: {Encoding.UTF8.GetString(body.ToArray())}");
            return $"{context.Response.StatusCode}{method}{context.Request.Query["op"]}{body.Length > 0}";
        }

        private void Renew()
        {
            Dispose();
            if (_directory is null)
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
            _directory = Directory.CreateTempSubdirectory("agora-fuzz-").FullName;
            var options = new StoreOptions(Path.Combine(_directory, "store"), ["node1"]);
            _store = new EmbeddedStore(options, null, TimeProvider.System, _ => { });
            _server = new WebHdfsServer(_store, options, TimeProvider.System);
        }

        public void Dispose()
        {
            _store?.Dispose();
            _store = null;
            if (_directory is not null && Directory.Exists(_directory))
                Directory.Delete(_directory, recursive: true);
        }
    }
}
