using System.Net;
using System.Reflection;
using Agora.Cluster;
using Agora.Cluster.Allocation;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Agora.Daemon.Hosting;

/// <summary>Settings of <c>agora master</c>.</summary>
/// <param name="WorkDirectory">Keeps the epoch, so that it grows with every start.</param>
/// <param name="Allocator"><c>drf</c>, <c>priority</c>, or <c>Type,Assembly.dll</c>.</param>
public sealed record MasterSettings(
    IPAddress Address, int Port, string WorkDirectory, string Allocator, MasterOptions Options);

/// <summary>The master as a process.</summary>
public static class MasterProgram
{
    /// <summary>Runs until cancelled or SIGTERM. Prints <c>ready URL</c> once it serves.</summary>
    public static async Task<int> RunAsync(MasterSettings settings, CancellationToken cancellation)
    {
        var options = settings.Options with { Epoch = NextEpoch(settings.WorkDirectory) };
        var builder = Server.CreateBuilder();
        builder.Services.AddGrpc(Server.Grpc);
        builder.Services.AddSingleton(services => new MasterHost(options, LoadAllocator(settings.Allocator),
            TimeProvider.System, services.GetRequiredService<ILogger<MasterHost>>()));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Server.Configure(kestrel);
            kestrel.Listen(settings.Address, settings.Port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        app.MapGrpcService<SchedulerService>();
        app.MapGrpcService<AgentService>();
        app.MapGrpcService<OperatorService>();
        return await Server.RunAsync(app, app.Services.GetRequiredService<MasterHost>().RunAsync, settings.Port, cancellation);
    }

    private static long NextEpoch(string workDirectory)
    {
        Directory.CreateDirectory(workDirectory);
        var path = Path.Combine(workDirectory, "epoch");
        var last = File.Exists(path) && long.TryParse(File.ReadAllText(path), out var read) ? read : 0;
        var temporary = path + ".new";
        File.WriteAllText(temporary, $"{last + 1}");
        File.Move(temporary, path, overwrite: true);
        return last + 1;
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
