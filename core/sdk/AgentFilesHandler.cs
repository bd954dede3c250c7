using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Agora.Election;
using Agora.Security;
using Agora.Security.Tls;

namespace Agora.Sdk;

/// <summary>
/// Shows agents' file servers that the framework's files may be read. Addresses are written as <c>http://</c>; where the cluster
/// has TLS, it is used.
/// </summary>
public sealed class AgentFilesHandler : DelegatingHandler
{
    private readonly Func<Uri, CancellationToken, ValueTask<string?>> _tokenFor;
    private readonly TlsDirectory? _tls;
    private readonly OperatorClient? _master;

    private AgentFilesHandler(Func<Uri, CancellationToken, ValueTask<string?>> tokenFor, TlsDirectory? tls, OperatorClient? master = null)
        : base(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5), SslOptions = tls?.ClientOptions() ?? new() }) =>
        (_tokenFor, _tls, _master) = (tokenFor, tls, master);

    /// <summary>For a process that an agent started: what it is shown is in the environment.</summary>
    public static AgentFilesHandler OfContainer()
    {
        var token = Environment.GetEnvironmentVariable(ExecutorEnvironment.FilesToken);
        return new AgentFilesHandler((_, _) => ValueTask.FromResult(string.IsNullOrEmpty(token) ? null : token), TlsDirectory.OfEnvironment());
    }

    /// <summary>For others: the master is asked whether they may. It is asked again before its answer runs out.</summary>
    /// <param name="patience">For one question to it.</param>
    /// <param name="shared">Whose files are read that are in no sandbox; asked for with each request. Null where none are.</param>
    public static AgentFilesHandler OfMaster(MasterLocation masters, TimeSpan patience, Func<FrameworkId>? shared = null)
    {
        var master = new OperatorClient(masters, patience, TimeProvider.System);
        var known = new ConcurrentDictionary<(FrameworkId, string), (string? Token, long Asked)>();
        // A client asks one question at a time.
        var asking = new SemaphoreSlim(1);
        var freshTime = FileToken.Lifetime / 2;
        return new AgentFilesHandler(async (uri, cancellation) =>
        {
            if ((OwnerOf(uri) ?? shared?.Invoke()) is not { } framework)
                return null;
            var key = (framework, uri.Authority);
            if (known.TryGetValue(key, out var last) && TimeProvider.System.GetElapsedTime(last.Asked) < freshTime)
                return last.Token;
            await asking.WaitAsync(cancellation);
            try
            {
                var token = await master.FileTokenAsync(framework, uri.Authority, cancellation);
                known[key] = (token, TimeProvider.System.GetTimestamp());
                return token;
            }
            finally
            {
                asking.Release();
            }
        }, master.Access.Tls, master);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sign(request, await _tokenFor(request.RequestUri!, cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = _tokenFor(request.RequestUri!, cancellationToken);
        Sign(request, token.IsCompletedSuccessfully ? token.Result : token.AsTask().GetAwaiter().GetResult());
        return base.Send(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _master?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Whose sandbox a file is in; null if it is in none.</summary>
    private static FrameworkId? OwnerOf(Uri file) =>
        file.AbsolutePath.Split('/') is ["", "files", "sandbox", var framework, ..] ? new FrameworkId(Uri.UnescapeDataString(framework)) : null;

    private void Sign(HttpRequestMessage request, string? token)
    {
        if (_tls is not null)
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = Uri.UriSchemeHttps }.Uri;
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }
}
