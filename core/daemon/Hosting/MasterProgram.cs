using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using Agora.Cluster;
using Agora.Cluster.Allocation;
using Agora.Daemon.Files;
using Agora.Election;
using Agora.Election.Etcd;
using Agora.Election.ZooKeeper;
using Agora.Protocol;
using Agora.Security.Tls;
using Agora.Web;

namespace Agora.Daemon.Hosting;

/// <summary>Settings of <c>agora master</c>.</summary>
/// <param name="WorkDirectory">Keeps the epoch of a master that is alone, so that it grows with every start, and what operators decide.</param>
/// <param name="Allocator"><c>drf</c>, <c>priority</c>, or <c>Type,Assembly.dll</c>.</param>
/// <param name="Election">Where masters elect a leader; null for a master that is alone.</param>
/// <param name="Lease">How long a leader that does not answer still counts.</param>
/// <param name="Advertise">Where others reach this master; null for where it listens.</param>
/// <param name="Security">Null obeys everybody.</param>
/// <param name="HttpRate">Requests over HTTP that an address may send in a second; 0 for any number.</param>
/// <param name="Reports">Directory with reports of experiments, for the dashboard; null for none.</param>
public sealed record MasterSettings(IPAddress Address, int Port, string WorkDirectory, string Allocator, MasterOptions Options,
    MasterLocation? Election = null, TimeSpan Lease = default, Uri? Advertise = null, SecuritySettings? Security = null, int HttpRate = 0, string? Reports = null);

/// <summary>The master as a process.</summary>
public static class MasterProgram
{
    /// <summary>Of a master that led and does no more; who watches over it starts it anew, to stand by.</summary>
    private const int LeadershipLost = 3;

    /// <summary>Runs until cancelled or SIGTERM, or until it has lost the leadership. Prints <c>ready URL</c> once it serves.</summary>
    public static async Task<int> RunAsync(MasterSettings settings, CancellationToken cancellation)
    {
        var port = settings.Port != 0 ? settings.Port : Server.FreePort(settings.Address);
        var security = settings.Security ?? SecuritySettings.None;
        var self = settings.Advertise ?? new UriBuilder(security.TlsDirectory is null ? "http" : "https", settings.Address.ToString(), port).Uri;
        await using var finder = (settings.Election ?? new MasterLocation.Hosts([self])).CreateFinder();
        var seat = new MasterSeat(finder, self);
        var builder = Server.CreateBuilder();
        // It would say that HTTP/2 is off, which it is not: PlainHttp sees to that.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        builder.Services.AddGrpc(Server.Grpc);
        builder.Services.AddSingleton(seat);
        var tls = security.TlsDirectory is { } directory ? new TlsDirectory(directory, TimeProvider.System) : null;
        builder.Services.AddSingleton(services => new Gate(security, TimeProvider.System, services.GetRequiredService<ILogger<Gate>>()));
        builder.Services.AddSingleton(services => new RequestRates(settings.HttpRate, services.GetRequiredService<IMeterFactory>()));
        builder.Services.AddDashboard(seat, services =>
            new Visitors(services.GetRequiredService<Gate>(), seat, tls, services.GetRequiredService<RequestRates>(), TimeProvider.System),
            settings.Reports is { } reports ? new ReportFiles(reports) : null);
        if (tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Server.Configure(kestrel);
            kestrel.Listen(settings.Address, port, listen =>
            {
                // With TLS the two sides agree on the version.
                if (tls is null)
                    PlainHttp.UseBothVersions(listen);
                else
                    Server.UseTls(listen, tls, security.WantsCertificates);
            });
        });
        await using var app = builder.Build();
        _ = app.Services.GetRequiredService<Gate>();
        app.MapDashboard();
        app.MapGrpcService<SchedulerService>();
        app.MapGrpcService<AgentService>();
        app.MapGrpcService<OperatorService>();
        var ended = 0;
        var exitCode = await Server.RunAsync(app, async stop => ended = await LeadAsync(settings, self, seat, app.Services, stop), port, cancellation);
        return ended != 0 ? ended : exitCode;
    }

    /// <returns>What the process is to end with.</returns>
    private static async Task<int> LeadAsync(MasterSettings settings, Uri self, MasterSeat seat, IServiceProvider services, CancellationToken stop)
    {
        var logger = services.GetRequiredService<ILogger<MasterHost>>();
        await using var election = ElectionOf(settings, logger);
        try
        {
            var leadership = await election.CampaignAsync(self, stop);
            if (settings.Election is not null)
                logger.LogInformation("{Self} leads, epoch {Epoch}", self, leadership.Epoch);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, leadership.Lost);
            await using var store = new RegistryStore(leadership.State ?? new SqliteState(Path.Combine(settings.WorkDirectory, "registry.db")));
            if (await LoadAsync(store, settings, over.Token) is not { } registry)
                return 1;
            var host = new MasterHost(settings.Options with { Epoch = leadership.Epoch }, LoadAllocator(settings.Allocator), registry, store, TimeProvider.System, logger);
            seat.Take(host);
            await host.RunAsync(over.Token);
            seat.Take(null);
        }
        catch (OperationCanceledException)
        {
            // Before it led, or before it had read what was stored.
        }
        if (stop.IsCancellationRequested)
            return 0;
        logger.LogError("the leadership is lost; this master stops at once, and is to be started anew to stand by");
        return LeadershipLost;
    }

    /// <returns>Null if it cannot be used; the reason is printed.</returns>
    private static async Task<Registry?> LoadAsync(RegistryStore store, MasterSettings settings, CancellationToken cancellation)
    {
        try
        {
            return await store.LoadAsync(cancellation);
        }
        catch (Exception e) when (e is WireFormatException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            await Console.Error.WriteLineAsync($"""
                error: what operators have decided about this cluster cannot be read, and a master must not lead without it
                why:   {e.Message}
                fix:   see that no other master uses {(object?)settings.Election ?? settings.WorkDirectory}, and that this one is not older than the one before
                """);
            return null;
        }
    }

    private static ILeaderElection ElectionOf(MasterSettings settings, ILogger logger)
    {
        void Log(string line) => logger.LogWarning("{Line}", line);
        return settings.Election switch
        {
            MasterLocation.InEtcd etcd => new EtcdElection(etcd, settings.Lease, TimeProvider.System, Log),
            MasterLocation.InZooKeeper zooKeeper => new ZooKeeperElection(zooKeeper, settings.Lease, TimeProvider.System, Log),
            _ => new StandaloneElection(settings.WorkDirectory),
        };
    }

    /// <exception cref="ArgumentException">The allocator is not to be had; the message says why.</exception>
    public static IAllocator LoadAllocator(string name)
    {
        switch (name)
        {
            case "drf": return new DrfAllocator();
            case "priority": return new PriorityAllocator();
        }
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma <= 0)
            throw new ArgumentException($"no allocator '{name}': it is drf, priority, or Type,Assembly.dll of a plug-in");
        var (typeName, file) = (name[..comma].Trim(), Path.GetFullPath(name[(comma + 1)..].Trim()));
        if (!File.Exists(file))
            throw new ArgumentException($"allocator plug-in {file} does not exist");
        try
        {
            var type = Assembly.LoadFrom(file).GetType(typeName)
                ?? throw new ArgumentException($"{file} has no type {typeName} (write it with its namespace)");
            return Activator.CreateInstance(type) as IAllocator
                ?? throw new ArgumentException($"{typeName} of {file} does not implement {typeof(IAllocator).FullName}");
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or TypeLoadException
            or MemberAccessException or TargetInvocationException)
        {
            throw new ArgumentException($"{typeName} of {file} cannot be made: {e.GetBaseException().Message}", e);
        }
    }
}
