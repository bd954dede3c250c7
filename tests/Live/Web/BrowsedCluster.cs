using Agora.Tests.Live.Cluster;
using Microsoft.Playwright;
using Xunit;

namespace Agora.Tests.Live.Web;

/// <summary>A cluster, and a browser to look at it.</summary>
public abstract class BrowsedCluster : LiveCluster, IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal IBrowser Browser => _browser!;

    /// <summary>What there is to be seen, begun once the cluster is up.</summary>
    protected abstract Task BeginAsync();

    /// <summary>Ends what was begun, before the cluster ends.</summary>
    protected virtual Task EndAsync() => Task.CompletedTask;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        await BeginAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await EndAsync();
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
