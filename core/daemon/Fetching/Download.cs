using System.Buffers;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Fetching;

/// <summary>Gets artifacts by HTTP.</summary>
internal sealed class Download : IDisposable
{
    private const int ChunkBytes = 256 << 10, RedirectsMax = 10;

    private readonly FetcherOptions _options;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _places;

    public Download(FetcherOptions options)
    {
        _options = options;
        _places = new SemaphoreSlim(options.DownloadsMax);
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            MaxAutomaticRedirections = RedirectsMax,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }

    /// <summary>Writes what the address holds into a file.</summary>
    /// <returns>Its length, in bytes.</returns>
    /// <exception cref="FetchException">It could not be got whole.</exception>
    public async Task<long> Into(SafeFileHandle file, string uri, CancellationToken cancellation)
    {
        var what = $"cannot fetch {ArtifactName.Shown(uri)}";
        await _places.WaitAsync(cancellation);
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            idle.CancelAfter(_options.ConnectTimeout + _options.IdleTimeout);
            using var response = await _client.GetAsync(new Uri(uri), HttpCompletionOption.ResponseHeadersRead,
                idle.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new FetchException($"{what}: the server answered {(int)response.StatusCode} " +
                    $"{response.ReasonPhrase}; " +
                    "check the address, and that it needs no login");
            }
            if (response.Content.Headers.ContentLength > _options.ArtifactBytesMax)
                throw TooLarge(what);
            await using var content = await response.Content.ReadAsStreamAsync(idle.Token);
            return await Copy(content, file, what, idle);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new FetchException($"{what}: the server sent nothing for " +
                $"{_options.IdleTimeout.TotalSeconds:0.###} s; " +
                "check that it runs and that the agent can reach it", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new FetchException($"{what}: {e.Message}; check that the server runs and that the agent can " +
                "reach it", e);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<long> Copy(Stream content, SafeFileHandle file, string what, CancellationTokenSource idle)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long length = 0;
            while (true)
            {
                idle.CancelAfter(_options.IdleTimeout);
                var got = await content.ReadAsync(chunk, idle.Token);
                if (got == 0)
                    return length;
                if (length + got > _options.ArtifactBytesMax)
                    throw TooLarge(what);
                RandomAccess.Write(file, chunk.AsSpan(0, got), length);
                length += got;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private FetchException TooLarge(string what) =>
        new($"{what}: it is larger than {_options.ArtifactBytesMax} bytes; fetch less, or raise the agent's limit");
}
