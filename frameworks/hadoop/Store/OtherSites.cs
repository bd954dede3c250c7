using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>
/// Keeps pages of other sites, which can make a browser send requests here, from changing or showing anything. Command line clients
/// send none of the headers that tell a page's request.
/// </summary>
internal static class OtherSites
{
    /// <summary>What browsers say of a page's request to its own origin, and of what a person asked for, by typing an address for instance.</summary>
    private const string SameOrigin = "same-origin", NoSite = "none";

    /// <summary>What users wrote is data: no browser runs it, frames it, guesses its type, or hands it to another site.</summary>
    public static void SetHeaders(HttpResponse response)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
    }

    /// <exception cref="WebHdfsException">A page of another origin wants to change something.</exception>
    public static void RefuseChanges(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return;
        var (origin, site) = (request.Headers.Origin.ToString(), request.Headers["Sec-Fetch-Site"].ToString());
        if ((origin.Length > 0 && !IsOwn(origin, request.Host)) || (site.Length > 0 && site is not (SameOrigin or NoSite)))
        {
            throw WebHdfsException.Denied($"a page of {(origin.Length > 0 ? $"'{origin}'" : "another site")} made a browser send this " +
                $"{request.Method}, and pages of other sites may change nothing in this store; use a command line client, such as 'hadoop fs' or curl");
        }
    }

    private static bool IsOwn(string origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var from) &&
        string.Equals(from.Host, host.Host, StringComparison.OrdinalIgnoreCase) && from.Port == (host.Port ?? DefaultPort(from));

    private static int DefaultPort(Uri from) => from.Scheme == Uri.UriSchemeHttps ? 443 : 80;
}
