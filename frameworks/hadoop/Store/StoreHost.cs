using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agora.Hadoop.Store;

/// <summary>A running embedded store, reached at one address only.</summary>
public sealed class StoreHost : IAsyncDisposable
{
    /// <summary>Lets the next part of a file be read while the last one is being sent.</summary>
    private const long ResponseBufferBytes = 1 << 20;

    private readonly WebApplication _web;
    private readonly EmbeddedStore _store;
    private readonly MasterLiveAgents? _agents;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _replication;

    private StoreHost(WebApplication web, EmbeddedStore store, MasterLiveAgents? agents, Uri address)
    {
        _web = web;
        _store = store;
        _agents = agents;
        _replication = store.Replicator.RunAsync(_stop.Token);
        Address = address;
    }

    public Uri Address { get; }

    /// <param name="port">0 takes any that is free.</param>
    public static async Task<StoreHost> StartAsync(StoreOptions options, int port, TimeProvider time,
        Action<string>? log = null)
    {
        var agents = options.Masters is { } masters ? new MasterLiveAgents(masters, time) : null;
        var store = new EmbeddedStore(options, agents, time, log ?? (_ => { }));
        // Else every change below the current directory is looked at, for a file of settings that there is not.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new TransferBuffers());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Address, port);
            // Files are of any size, and programs write them as slowly as they like.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxResponseBufferSize = ResponseBufferBytes;
            kestrel.AddServerHeader = false;
        });
        var web = builder.Build();
        web.Run(new WebHdfsServer(store, options, time).HandleAsync);
        await web.StartAsync();
        var address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new StoreHost(web, store, agents, new Uri(address));
    }

    public Task WaitForShutdownAsync(CancellationToken stop) => _web.WaitForShutdownAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _stop.CancelAsync();
        await _replication;
        if (_agents is not null)
            await _agents.DisposeAsync();
        _store.Dispose();
        _stop.Dispose();
    }
}
