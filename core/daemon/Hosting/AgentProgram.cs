using System.Net;
using Agora.Cluster;
using Agora.Daemon.Containers;
using Agora.Daemon.Containers.Cgroups;
using Agora.Daemon.Containers.Watching;
using Agora.Daemon.Fetching;
using Agora.Daemon.Files;
using Agora.Daemon.Sandboxes;
using Agora.Election;
using Agora.Protocol;
using Agora.Security;
using Agora.Security.Tls;
using Agora.Supervisor.Shared;
using Agora.Web;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Agora.Daemon.Hosting;

/// <summary>Settings of <c>agora agent</c>.</summary>
/// <param name="Port">Of the file server; 0 for the one it had before, or any free one.</param>
/// <param name="Security">Null lets everybody read files.</param>
/// <param name="HttpRate">Requests that an address may send to the file server in a second; 0 for any number.</param>
/// <param name="Reconnects">Takes up what a former process of this agent left running; else that is ended.</param>
public sealed record AgentSettings(
    IPAddress Address, int Port, string WorkDirectory, MasterLocation Master, string Hostname, Resources Resources, Attributes Attributes,
    bool Reconnects, IsolationSettings Isolation, GarbageSettings Garbage, SecuritySettings? Security = null, int HttpRate = 0);

/// <summary>The agent as a process.</summary>
public static class AgentProgram
{
    /// <summary>How long containers get to end when the agent is asked to end in good order.</summary>
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(15);

    /// <summary>Runs until cancelled or SIGTERM. Prints <c>ready URL</c> once it serves files.</summary>
    public static async Task<int> RunAsync(AgentSettings settings, CancellationToken cancellation)
    {
        var paths = new AgentPaths(settings.WorkDirectory);
        using var own = Lock(paths);
        if (own is null)
            return 1;
        File.Delete(paths.Socket);
        // The port must be known before the master is told of it, so a free one is found first.
        var port = settings.Port != 0 ? settings.Port : paths.LoadPort() is { } before && Server.IsFree(settings.Address, before) ? before
            : Server.FreePort(settings.Address);
        paths.SavePort(port);
        using var records = settings.Reconnects ? Open(paths.Records) : null;
        if (settings.Reconnects && records is null)
            return 1;
        if (!settings.Reconnects)
            File.Delete(paths.Records);
        var info = new AgentInfo(paths.LoadId(), settings.Hostname, settings.Address.ToString(), port, settings.Resources, settings.Attributes);
        if (!TryIsolate(settings.Isolation, paths, out var cgroups))
            return 1;
        using var isolating = cgroups;
        var posix = new PosixIsolator(TimeProvider.System);
        using var memory = settings.Isolation.WatchesMemory ? new MemoryWatch(posix, TimeProvider.System) : null;
        using var disk = settings.Isolation.WatchesDisk ? new DiskWatch(TimeProvider.System) : null;
        var isolator = new IsolatorChain([.. new IIsolator?[] { cgroups, memory, disk, posix }.OfType<IIsolator>()]);
        if (settings.Isolation.SwitchesUser)
            paths.ShareOutput();
        var containers = new ContainersOptions
        {
            SupervisorPath = ContainersOptions.FindSupervisor(),
            SwitchUser = settings.Isolation.SwitchesUser,
            Encloses = settings.Isolation.Encloses,
            Visible = [paths.WorkDirectory],
            NoNewPrivileges = settings.Isolation.NoNewPrivileges,
        };
        await using var finder = settings.Master.CreateFinder();
        using var fetcher = new Fetcher(new FetcherOptions { CacheDirectory = paths.Cache });
        var builder = Server.CreateBuilder();
        builder.Services.AddGrpc(Server.Grpc);
        var security = settings.Security ?? SecuritySettings.None;
        var tls = security.TlsDirectory is { } directory ? new TlsDirectory(directory, TimeProvider.System) : null;
        if (tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        var file = security.Credentials is { } path ? new CredentialFile(path) : null;
        var credential = file is null ? null : new WatchedFile<IReadOnlyList<Credential>>(file.Path, p => new CredentialFile(p).Read(), TimeProvider.System);
        builder.Services.AddSingleton(services => new AgentHost(info,
            new AgentOptions { Seed = (ulong)Environment.ProcessId }, paths, finder,
            tell => new ProcessContainers(containers, fetcher, isolator, tell), TimeProvider.System, services.GetRequiredService<ILogger<AgentHost>>(), records,
            new LinkSecurity(file, tls), credential));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Server.Configure(kestrel);
            kestrel.Listen(settings.Address, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (tls is not null)
                    Server.UseTls(listen, tls, wantsCertificates: false);
            });
            kestrel.ListenUnixSocket(paths.Socket, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        app.MapGrpcService<ExecutorService>();
        var host = app.Services.GetRequiredService<AgentHost>();
        using var rates = new RequestRates(settings.HttpRate);
        var files = new Files.FileServerOptions { Resolve = paths.Resolve, IsLive = host.IsLive, Rates = rates };
        if (credential is not null)
            files = files with { Authorize = new FileReaders(credential, $"{settings.Address}:{port}", TimeProvider.System).MayRead };
        app.MapFiles(files);
        var collector = new SandboxCollector(paths.Sandboxes, new Trash(paths.Trash), settings.Garbage, host.IsLive);
        var exitCode = await Server.RunAsync(app, async stop =>
        {
            if (settings.Isolation.SwitchesUser)
                paths.ShareSocket();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var collecting = CollectAsync(host, collector, app.Logger, end.Token);
            await LiveAsync(host, stop);
            await end.CancelAsync();
            await collecting;
        }, port, cancellation);
        return exitCode != 0 || !host.Ended.IsCompleted ? exitCode : Told(await host.Ended, app.Logger);
    }

    /// <returns>Null if another agent has the directory, which is printed.</returns>
    private static FileStream? Lock(AgentPaths paths)
    {
        try
        {
            return paths.Lock();
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"""
                error: another agent runs with the work directory {paths.WorkDirectory}
                why:   {e.Message}
                fix:   end that agent first, or give this one a directory of its own with --work-dir
                """);
            return null;
        }
    }

    /// <param name="cgroups">Null if containers are to be let run free.</param>
    /// <returns>False if they cannot be held as asked; the reason is printed.</returns>
    private static bool TryIsolate(IsolationSettings settings, AgentPaths paths, out CgroupIsolator? cgroups)
    {
        cgroups = null;
        try
        {
            if ((settings.Encloses || settings.SwitchesUser) && Libc.geteuid() != 0)
                throw new IsolationException("only root can give containers namespaces or other users");
            if (settings.Encloses && !paths.IsSocketInside)
                throw new IsolationException($"the path of the work directory {paths.WorkDirectory} is too long for its socket to be seen in namespaces; choose a shorter one");
            if (!settings.HasCgroups)
                return true;
            var mounts = CgroupMounts.Load(paths.Cgroups) ?? CgroupMounts.Find();
            cgroups = CgroupIsolator.Create(mounts, new CgroupOptions(paths.CgroupName, settings.IsCpuHard, settings.ProcessesMax, settings.GivesProcessors), TimeProvider.System);
            mounts!.Save(paths.Cgroups);
            return true;
        }
        catch (IsolationException e)
        {
            Console.Error.WriteLine($"""
                error: containers cannot be held to their resources
                why:   {e.Message}
                fix:   run the agent as root on a machine that lets it, or with --isolation posix and without --switch-user
                """);
            return false;
        }
    }

    /// <returns>Null if they cannot be used; the reason is printed.</returns>
    private static RecordFile? Open(string path)
    {
        try
        {
            return new RecordFile(path);
        }
        catch (Exception e) when (e is WireFormatException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"""
                error: what a former process of this agent wrote down cannot be used
                why:   {path}: {e.Message}
                fix:   start the agent with --recover cleanup, which ends what that process left running
                """);
            return null;
        }
    }

    private static int Told(string? failure, ILogger logger)
    {
        if (failure is null)
            return 0;
        logger.LogError("the agent ends: {Failure}", failure);
        return 1;
    }

    private static async Task CollectAsync(AgentHost host, SandboxCollector collector, ILogger logger, CancellationToken stop)
    {
        if (await Task.WhenAny(host.Ready, Task.Delay(Timeout.Infinite, stop)) == host.Ready)
            await collector.RunAsync(TimeProvider.System, logger, stop);
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
