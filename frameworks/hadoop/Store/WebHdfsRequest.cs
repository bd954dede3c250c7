using System.Globalization;
using Agora.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Agora.Hadoop.Store;

/// <summary>A refusal in WebHDFS's words.</summary>
internal sealed class WebHdfsException(int status, string exception, string javaPackage, string message)
    : Exception(message)
{
    public int Status { get; } = status;
    public WireRemoteException Remote { get; } = new(exception, $"{javaPackage}.{exception}", message);

    public static WebHdfsException NotFound(string message) => new(404, "FileNotFoundException", "java.io", message);
    public static WebHdfsException Io(string message) => new(403, "IOException", "java.io", message);
    public static WebHdfsException Denied(string message) =>
        new(403, "AccessControlException", "org.apache.hadoop.security", message);
    public static WebHdfsException BadArgument(string message) =>
        new(400, "IllegalArgumentException", "java.lang", message);
    public static WebHdfsException HadoopArgument(string message) =>
        new(400, "HadoopIllegalArgumentException", "org.apache.hadoop", message);
    public static WebHdfsException BadParameter(string name, string problem) =>
        BadArgument($"Invalid value for webhdfs parameter \"{name}\": {problem}");
}

/// <summary>A request's path and parameters, as WebHDFS reads them: names of parameters in any case.</summary>
internal sealed class WebHdfsRequest
{
    public const string PathPrefix = "/webhdfs/v1", DataStep = "datanode";

    private readonly IQueryCollection _query;
    private readonly SortedDictionary<string, string> _parameters = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="cookies">Tells who sent a request that names nobody.</param>
    /// <param name="tokens">Tell who sent a request that shows a token.</param>
    public WebHdfsRequest(HttpContext context, string defaultUser, AuthCookie cookies, DelegationTokens tokens)
    {
        _query = context.Request.Query;
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var raw = question < 0 ? target : target[..question];
        Path = Uri.UnescapeDataString(raw[PathPrefix.Length..]);
        if (Path.Length > 1 && Path.EndsWith('/'))
            Path = Path[..^1];
        if (Path.Length == 0)
            Path = StoragePath.Root;
        if (Path.Length > StoreOptions.PathLengthMax || Path.Count(c => c == '/') > StoreOptions.PathDepthMax)
            throw WebHdfsException.Io($"Pathname too long: limit {StoreOptions.PathLengthMax} characters, " +
                $"{StoreOptions.PathDepthMax} levels");
        if (Path.Split('/').Skip(1).Any(p => p is "." or ".." || (p.Length == 0 && Path != StoragePath.Root)))
            throw WebHdfsException.NotFound($"File does not exist: {Path}");
        foreach (var (name, value) in _query)
            _parameters[name] = value.ToString();
        Operation = this["op"]?.ToUpperInvariant();
        if (this["delegation"] is { Length: > 0 } token)
        {
            User = tokens.UserOf(token);
            return;
        }
        var known = cookies.UserOf(context.Request.Cookies[AuthCookie.Name]);
        var named = this["user.name"] is { Length: > 0 } user ? user : null;
        User = named ?? known ?? defaultUser;
        WantsCookie = named is not null && named != known && !IsDataStep;
    }

    public string Path { get; }
    public string? Operation { get; }
    public string User { get; }

    /// <summary>The second step of an operation in two, which a data node would serve.</summary>
    public bool IsDataStep => this[DataStep] is not null;

    /// <summary>The user has named himself, and has no cookie that says so.</summary>
    public bool WantsCookie { get; }

    public string? this[string name] => _parameters.GetValueOrDefault(name);

    /// <summary>The values of a parameter that may be repeated.</summary>
    public IEnumerable<string> All(string name) => _query[name].OfType<string>();

    public string Required(string name) => this[name] is { Length: > 0 } value ? value
        : throw WebHdfsException.BadArgument($"Required param {name} for op: {Operation} is null or empty");

    public bool Flag(string name) => string.Equals(this[name], "true", StringComparison.OrdinalIgnoreCase);

    public long Long(string name, long absent, long min)
    {
        if (this[name] is not { Length: > 0 } text)
            return absent;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            throw WebHdfsException.BadParameter(name, $"Failed to parse \"{text}\" as a radix-10 long integer.");
        if (value < min)
            throw WebHdfsException.BadParameter(name, $"Invalid parameter range: {name} = {value} < {min}");
        return value;
    }

    public string Permission(string absent)
    {
        if (this["permission"] is not { Length: > 0 } text)
            return absent;
        if (text.Length > 4 || text.Any(c => c is < '0' or > '7'))
            throw WebHdfsException.BadParameter("permission", $"Failed to parse \"{text}\" as a radix-8 short integer.");
        return text.TrimStart('0') is { Length: > 0 } digits ? digits : "0";
    }

    /// <summary>The query of the second step: operation and user first, then the others by name.</summary>
    public string RedirectQuery(params ReadOnlySpan<(string Name, string Value)> defaults)
    {
        var query = $"?op={Operation}" +
            (this["user.name"] is { Length: > 0 } user ? $"&user.name={Uri.EscapeDataString(user)}" : "");
        var all = new SortedDictionary<string, string>(_parameters, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in defaults)
            all.TryAdd(name, value);
        foreach (var (name, value) in all)
            if (name.ToLowerInvariant() is not ("op" or "user.name" or "noredirect"))
                query += $"&{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
        return query;
    }
}
