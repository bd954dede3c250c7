using System.Net;
using Agora.Cluster;
using Agora.Daemon.Containers;
using Agora.Daemon.Fetching;
using Agora.Daemon.Files;
using Agora.Election;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Agora.Daemon.Hosting;

/// <summary>Settings of <c>agora agent</c>.</summary>
/// <param name="Port">Of the file server; 0 for any free one.</param>
public sealed record AgentSettings(
    IPAddress Address, int Port, string WorkDirectory, MasterLocation Master, string Hostname, Resources Resources, Attributes Attributes);

/// <summary>The agent as a process.</summary>
public static class AgentProgram
{
    /// <summary>How long containers get to end when the agent is asked to end in good order.</summary>
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(15);

    /// <summary>Runs until cancelled or SIGTERM. Prints <c>ready URL</c> once it serves files.</summary>
    public static async Task<int> RunAsync(AgentSettings settings, CancellationToken cancellation)
    {
        var paths = new AgentPaths(settings.WorkDirectory);
        File.Delete(paths.Socket);
        // The port must be known before the master is told of it, so a free one is found first.
        var port = settings.Port != 0 ? settings.Port : Server.FreePort(settings.Address);
        var info = new AgentInfo(paths.LoadId(), settings.Hostname, settings.Address.ToString(), port, settings.Resources, settings.Attributes);
        await using var finder = settings.Master.CreateFinder();
        using var fetcher = new Fetcher(new FetcherOptions { CacheDirectory = paths.Cache });
        var builder = Server.CreateBuilder();
        builder.Services.AddGrpc(Server.Grpc);
        builder.Services.AddSingleton(services => new AgentHost(info,
            new AgentOptions { Seed = (ulong)Environment.ProcessId }, paths, finder,
            tell => new ProcessContainers(new ContainersOptions { SupervisorPath = ContainersOptions.FindSupervisor() },
                fetcher, new IsolatorChain(new PosixIsolator(TimeProvider.System)), tell),
            TimeProvider.System, services.GetRequiredService<ILogger<AgentHost>>()));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Server.Configure(kestrel);
            kestrel.Listen(settings.Address, port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.ListenUnixSocket(paths.Socket, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        app.MapGrpcService<ExecutorService>();
        var host = app.Services.GetRequiredService<AgentHost>();
        app.MapFiles(new Files.FileServerOptions { Resolve = paths.Resolve, IsLive = host.IsLive });
        var exitCode = await Server.RunAsync(app, stop => LiveAsync(host, stop), port, cancellation);
        return exitCode != 0 || !host.Ended.IsCompleted ? exitCode : Told(await host.Ended, app.Logger);
    }

    private static int Told(string? failure, ILogger logger)
    {
        if (failure is null)
            return 0;
        logger.LogError("the agent ends: {Failure}", failure);
        return 1;
    }

    private static async Task LiveAsync(AgentHost host, CancellationToken stop)
    {
        using var end = new CancellationTokenSource();
        var running = host.RunAsync(end.Token);
        var stopping = Task.Delay(Timeout.Infinite, stop);
        if (await Task.WhenAny(running, host.Ended, stopping) == stopping)
            await host.ShutDownAsync(ShutdownPatience);
        await end.CancelAsync();
        await running;
    }
}
