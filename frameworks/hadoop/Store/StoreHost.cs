using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agora.Hadoop.Store;

/// <summary>A running embedded store, reached on the loopback interface only.</summary>
public sealed class StoreHost : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly EmbeddedStore _store;

    private StoreHost(WebApplication web, EmbeddedStore store, Uri address)
    {
        _web = web;
        _store = store;
        Address = address;
    }

    public Uri Address { get; }

    /// <param name="port">0 takes any that is free.</param>
    public static async Task<StoreHost> StartAsync(StoreOptions options, int port, TimeProvider time)
    {
        var store = new EmbeddedStore(options, time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            // Files are of any size, and programs write them as slowly as they like.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var web = builder.Build();
        web.Run(new WebHdfsServer(store, options).HandleAsync);
        await web.StartAsync();
        var address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new StoreHost(web, store, new Uri(address));
    }

    public Task WaitForShutdownAsync(CancellationToken stop) => _web.WaitForShutdownAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _store.Dispose();
    }
}
