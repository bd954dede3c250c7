using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Agora.Security;
using Agora.Security.Tls;
using Agora.Web;
using Microsoft.AspNetCore.Http;

namespace Agora.Daemon.Hosting;

/// <summary>
/// Lets browsers and other programs that read over HTTP in at a master whose gate is shut: by a link that <c>agora dashboard</c>
/// makes, good once, which begins a session; by a token in each request; or by name and secret, for programs that make no tokens.
/// </summary>
internal sealed class Visitors(Gate gate, MasterSeat seat, TlsDirectory? tls, RequestRates rates, TimeProvider time) : IVisitors
{
    /// <summary>Where a link leads to; its query is <c>token=</c>.</summary>
    public const string LoginPath = "/login";

    private const string Cookie = "agora", Everything = "*", Basic = "Basic ", Calls = "application/grpc";
    private const int SessionsMax = 1_000, SessionBytes = 32;
    private static readonly TimeSpan SessionTime = TimeSpan.FromHours(12);
    private static readonly string[] Open = ["/health", "/ready"];

    private readonly ConcurrentDictionary<string, (string Principal, DateTimeOffset Until)> _sessions = new(StringComparer.Ordinal);

    public async Task<bool> AdmitAsync(HttpContext context)
    {
        // What others call by gRPC is asked at each service, and the cluster lives by it; pages and their API are read only.
        if (IsCall(context.Request))
            return true;
        if (!gate.IsShut || HttpMethods.IsPost(context.Request.Method) || Open.Contains(context.Request.Path.Value))
            return await rates.AdmitAsync(context);
        if (context.Request.Path == LoginPath)
        {
            if (await rates.AdmitAsync(context))
                await LogInAsync(context);
            return false;
        }
        var found = Find(context);
        if (!await rates.AdmitAsync(context, found.Principal?.Name))
            return false;
        if (found.Principal is not { } principal)
        {
            await RefuseAsync(context, found);
            return false;
        }
        // As for who asks by gRPC: the secret of agents lies on every machine, and is not for looking.
        if (!principal.Is(PrincipalRoles.Framework) && !principal.Is(PrincipalRoles.Operator))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, $"principal '{principal.Name}' is not listed as framework or operator with this master");
            return false;
        }
        if (gate.WhyNot(principal, AccessAction.View, Everything) is { } denied)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, denied);
            return false;
        }
        return true;
    }

    public async ValueTask<string?> SignAsync(HttpContext context, HttpRequestMessage request, string path)
    {
        if (tls is not null)
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = Uri.UriSchemeHttps }.Uri;
        if (!gate.IsShut)
            return null;
        if (Find(context).Principal is not { } principal)
            return "the session has ended";
        var host = await seat.LeadingAsync(context.RequestAborted);
        var place = request.RequestUri!.Authority;
        // What nodes share belongs to no framework; whoever may read everybody's files may read it.
        var framework = new FrameworkId(path.Split('/') is ["sandbox", var named, ..] ? named : Everything);
        var owner = framework.Value == Everything ? Everything : await host.PrincipalOfAsync(framework);
        if (owner is null)
            return $"no framework '{framework}' is known";
        if (gate.WhyNot(principal, AccessAction.ReadSandbox, owner) is { } denied)
            return denied;
        if (host.PrincipalAt(place) is { } agent)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", gate.FileToken(agent, framework, place, time.GetUtcNow()));
        return null;
    }

    public HttpMessageHandler CreateFilesHandler() => new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = tls?.ClientOptions() ?? new(),
    };

    private Task LogInAsync(HttpContext context)
    {
        var shown = Shown(context, context.Request.Query["token"].ToString());
        if (shown.Principal is not { } principal)
            return RefuseAsync(context, shown);
        var now = time.GetUtcNow();
        foreach (var (old, session) in _sessions)
            if (session.Until <= now)
                _sessions.TryRemove(old, out _);
        if (_sessions.Count >= SessionsMax)
            return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too many sessions have begun; try again later");
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionBytes));
        _sessions[id] = (principal.Name, now + SessionTime);
        context.Response.Cookies.Append(Cookie, id, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            MaxAge = SessionTime,
            Path = "/",
        });
        // Not a redirection: a browser that comes from elsewhere would not send a strict cookie along with it.
        context.Response.Headers["Refresh"] = "0; url=/";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync("You are in.\n");
    }

    private Found Find(HttpContext context)
    {
        // It may be asked for twice in one request, and a token holds once.
        if (context.Items.TryGetValue(this, out var before))
            return new Found((Principal?)before);
        var found = Look(context);
        if (found.Principal is not null)
            context.Items[this] = found.Principal;
        return found;
    }

    private Found Look(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (Bearer.TokenIn(header) is { } token)
            return Shown(context, token);
        if (header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return Named(context, header[Basic.Length..].Trim());
        if (context.Request.Cookies[Cookie] is { } id && _sessions.TryGetValue(id, out var session) && session.Until > time.GetUtcNow())
            return new Found(gate.Find(session.Principal), "its principal is not listed any more");
        return new Found(null, "this master wants to know who looks: open the link that 'agora dashboard' prints, or give a principal's name and secret");
    }

    private Found Shown(HttpContext context, string token) => Try(context, TokenCheck.NamedIn(token),
        () => new Found(gate.Find(token, out var refused), refused ?? ""));

    private Found Named(HttpContext context, string encoded)
    {
        const string wrong = "name and secret do not belong together, or nobody here has that name";
        var bytes = new byte[encoded.Length];
        var (name, secret) = Convert.TryFromBase64String(encoded, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var n, var s]
            ? (n, s) : ("", "");
        return Try(context, Principal.IsName(name) ? name : null, () => new Found(gate.Find(name, secret), wrong));
    }

    /// <summary>Looks at a credential, unless too many wrong ones have come with that name from where it comes from.</summary>
    /// <param name="name">Null if it says none.</param>
    private Found Try(HttpContext context, string? name, Func<Found> look)
    {
        if (!rates.MayShow(context, name ?? ""))
            return new Found(null, IsTooOften: true);
        var found = look();
        if (found.Principal is null)
            rates.CountWrong(context, name ?? "");
        return found;
    }

    private static bool IsCall(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentType?.StartsWith(Calls, StringComparison.OrdinalIgnoreCase) == true;

    private Task RefuseAsync(HttpContext context, Found found) => found.IsTooOften ? rates.RefuseWrongAsync(context)
        : RefuseAsync(context, StatusCodes.Status401Unauthorized, found.Refused);

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"agora\", charset=\"UTF-8\"";
        return context.Response.WriteAsJsonAsync(new { error = why }, context.RequestAborted);
    }

    /// <param name="Refused">Why there is nobody.</param>
    /// <param name="IsTooOften">What was shown was not looked at.</param>
    private readonly record struct Found(Principal? Principal, string Refused = "", bool IsTooOften = false);
}
