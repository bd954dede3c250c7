using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Agora.Web;

/// <summary>The files of the pages, as they are inside the assembly.</summary>
internal static class Assets
{
    private const string Page = "index.html", Icon = "icon.svg";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Asset> All = Load();

    /// <param name="Tag">Names the content.</param>
    private sealed record Asset(byte[] Content, string Type, string Tag);

    private static FrozenDictionary<string, Asset> Load()
    {
        var assembly = typeof(Assets).Assembly;
        return assembly.GetManifestResourceNames().Where(n => Types.ContainsKey(Path.GetExtension(n))).ToFrozenDictionary(n => n, n =>
        {
            using var stream = assembly.GetManifestResourceStream(n)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new Asset(content, Types[Path.GetExtension(n)], $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
        });
    }

    /// <summary>Sends the file of a name; a page's path has no file and is shown by the one page there is.</summary>
    public static Task Send(HttpContext context)
    {
        var name = (string?)context.Request.RouteValues["file"] ?? "";
        if (!All.TryGetValue(name, out var asset))
            return Api.Answers.Refuse(context, StatusCodes.Status404NotFound, $"there is no file '{name}' here");
        return Send(context, asset);
    }

    public static Task SendPage(HttpContext context) => Send(context, All[Page]);

    /// <summary>The icon, where browsers look for one of a page that names none, such as a file in a sandbox.</summary>
    public static Task SendIcon(HttpContext context) => Send(context, All[Icon]);

    private static Task Send(HttpContext context, Asset asset)
    {
        var headers = context.Response.Headers;
        headers.ETag = asset.Tag;
        headers.CacheControl = "no-cache";
        if (!context.Request.Headers.IfNoneMatch.Contains(asset.Tag))
            return Api.Answers.Send(context, asset.Type, asset.Content);
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }
}
