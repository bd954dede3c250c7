using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Files;

/// <summary>
/// Serves sandboxes and the node's shared output by HTTP, for reading only:
/// <code>
/// GET|HEAD /files/(virtual path)         the file; Range (one), If-Range, If-None-Match
///          ?offset=0&amp;length=1000         that part as an answer of its own; a negative offset counts from the end
///          ?follow=true&amp;offset=0         from there, and on as the file grows, until its container has ended
///          ?list                         a directory as JSON
/// </code>
/// Errors are JSON: <c>{"error": "…"}</c>. Answers carry the file's whole length as <c>X-File-Length</c>.
/// </summary>
public static class FileServer
{
    public const string Prefix = "/files";
    public const string LengthHeader = "X-File-Length";

    public static IEndpointConventionBuilder MapFiles(this IEndpointRouteBuilder endpoints, FileServerOptions options)
    {
        var server = new Requests(options);
        return endpoints.MapMethods(Prefix + "/{**path}", [HttpMethods.Get, HttpMethods.Head], server.Answer);
    }

    private sealed class Requests(FileServerOptions options)
    {
        private readonly FileStreaming _streaming = new(options);

        public async Task Answer(HttpContext context)
        {
            // What users wrote is data: no browser runs it, frames it, keeps it, or hands it to another site.
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "private, no-cache";
            if (options.Rates is { } rates && !await rates.AdmitAsync(context))
                return;
            var raw = context.Request.RouteValues["path"] as string ?? "";
            if (VirtualPath.Check(raw, options.PathLengthMax, out var path) is { } problem)
            {
                await Refuse(context, StatusCodes.Status400BadRequest, problem);
                return;
            }
            if (!options.Authorize(context, path))
            {
                // Tokens that are right are served all the same: frameworks on one machine share its address, and nobody guesses a code.
                if (context.Request.Headers.Authorization.Count > 0 && options.Rates?.CountWrong(context) == false)
                {
                    await options.Rates.RefuseWrongAsync(context);
                    return;
                }
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await Refuse(context, StatusCodes.Status401Unauthorized,
                    "reading this needs a token that is good for it; 'agora logs' asks the master for one");
                return;
            }
            if (options.Resolve(path) is not { } location || Open(location) is not { } handle)
            {
                await Refuse(context, StatusCodes.Status404NotFound,
                    $"there is no file '{path}' here that may be read");
                return;
            }
            using (handle)
                await Answer(context, path, location, handle);
        }

        private Task Answer(HttpContext context, string path, FileLocation location, SafeFileHandle handle)
        {
            var facts = RootedDirectory.Facts(handle);
            var query = context.Request.Query;
            var wantsList = query.ContainsKey("list");
            return facts.Kind switch
            {
                FileKind.Directory when wantsList => List(context, path, handle),
                FileKind.Directory => Refuse(context, StatusCodes.Status400BadRequest,
                    $"'{path}' is a directory; add ?list"),
                FileKind.Other => Refuse(context, StatusCodes.Status404NotFound, $"'{path}' is no plain file"),
                FileKind.File when wantsList =>
                    Refuse(context, StatusCodes.Status400BadRequest, $"'{path}' is a file; leave ?list out"),
                FileKind.File when query["follow"] == "true" => Follow(context, path, location, handle, facts),
                FileKind.File => Send(context, path, handle, facts),
            };
        }

        private static Task Send(HttpContext context, string path, SafeFileHandle handle, FileFacts facts)
        {
            var (request, response) = (context.Request, context.Response);
            var tag = new EntityTagHeaderValue($"\"{facts.Modified.UtcTicks:x}-{facts.Length:x}\"");
            SetHeaders(response, path, facts);
            response.Headers.AcceptRanges = "bytes";
            response.Headers.ETag = tag.ToString();
            response.Headers.LastModified = HeaderUtilities.FormatDate(facts.Modified);
            if (request.Headers.IfNoneMatch.Contains(tag.ToString()))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
            var part = new ByteRange(0, facts.Length);
            if (request.Query.ContainsKey("offset") || request.Query.ContainsKey("length"))
            {
                var (offset, length) = (Last(request.Query["offset"]), Last(request.Query["length"]));
                if (ByteRange.FromQuery(offset, length, facts.Length) is not { } asked)
                    return Unsatisfiable(context, facts, "offset and length must be whole numbers within the file");
                part = asked;
            }
            else if (RangeHeader(request, tag, facts) is { } header &&
                ByteRange.FromHeader(header, facts.Length, out var satisfiable) is { } range)
            {
                if (!satisfiable)
                    return Unsatisfiable(context, facts,
                        $"the range lies behind the file's end at {facts.Length} bytes");
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange =
                    $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{facts.Length}";
                part = range;
            }
            response.ContentLength = part.Length;
            return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : FileStreaming.Send(context, handle, part);
        }

        private async Task Follow(HttpContext context, string path, FileLocation location, SafeFileHandle handle,
            FileFacts facts)
        {
            if (ByteRange.FromQuery(Last(context.Request.Query["offset"]), null, facts.Length) is not { } from)
            {
                await Unsatisfiable(context, facts, "offset must be a whole number within the file");
                return;
            }
            if (!_streaming.TryEnter())
            {
                await Refuse(context, StatusCodes.Status503ServiceUnavailable,
                    $"{options.FollowersMax} requests follow files here already; try later, or read with ?offset=");
                return;
            }
            try
            {
                SetHeaders(context.Response, path, facts);
                if (!HttpMethods.IsHead(context.Request.Method))
                    await _streaming.Follow(context, path, handle, from.Offset, () => Open(location));
            }
            finally
            {
                _streaming.Leave();
            }
        }

        private async Task List(HttpContext context, string path, SafeFileHandle directory)
        {
            var body = FileListing.Write(path, directory, options.ListingEntriesMax);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            if (!HttpMethods.IsHead(context.Request.Method))
                await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static SafeFileHandle? Open(FileLocation location)
    {
        try
        {
            using var root = new RootedDirectory(location.Root);
            return root.TryOpen(location.Path.Length == 0 ? "." : location.Path, out _);
        }
        catch (IOException)
        {
            return null; // The root itself is not there (any more).
        }
    }

    /// <summary>A range of a file that has changed since it was first asked for is not wanted.</summary>
    private static string? RangeHeader(HttpRequest request, EntityTagHeaderValue tag, FileFacts facts)
    {
        var condition = Last(request.Headers.IfRange);
        var holds = condition is null || condition == tag.ToString() ||
            condition == HeaderUtilities.FormatDate(facts.Modified);
        return holds ? Last(request.Headers.Range) : null;
    }

    private static void SetHeaders(HttpResponse response, string path, FileFacts facts)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        // Users' files are never given a type that a browser would run.
        var isText = name.StartsWith("stdout", StringComparison.Ordinal) ||
            name.StartsWith("stderr", StringComparison.Ordinal) ||
            name.EndsWith(".txt", StringComparison.Ordinal) || name.EndsWith(".log", StringComparison.Ordinal);
        response.ContentType = isText ? "text/plain; charset=utf-8" : "application/octet-stream";
        response.Headers[LengthHeader] = facts.Length.ToString(CultureInfo.InvariantCulture);
    }

    private static Task Unsatisfiable(HttpContext context, FileFacts facts, string why)
    {
        context.Response.Headers.ContentRange = $"bytes */{facts.Length}";
        return Refuse(context, StatusCodes.Status416RangeNotSatisfiable, why);
    }

    private static Task Refuse(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var error = new Dictionary<string, string> { ["error"] = why };
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(error);
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static string? Last(StringValues values) => values.Count == 0 ? null : values[^1];
}
