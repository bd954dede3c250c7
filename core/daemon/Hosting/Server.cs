using System.Net;
using System.Net.Sockets;
using Agora.Security.Tls;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Agora.Daemon.Hosting;

/// <summary>What master and agent have in common as servers.</summary>
internal static class Server
{
    /// <summary>Long-lived streams of one client's connection; Kestrel's own bound of 100 leaves the next one waiting for ever.</summary>
    private const int StreamsPerConnectionMax = 65_000;

    /// <summary>Of all peers together; what comes then is closed at once. Agents and schedulers have one each.</summary>
    private const long ConnectionsMax = 50_000;

    public static WebApplicationBuilder CreateBuilder()
    {
        // Else every change below the current directory is looked at, for a file of settings that there is not.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        });
        // Standard output is for the "ready" line alone.
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Critical);
        return builder;
    }

    public static void Grpc(GrpcServiceOptions options)
    {
        options.MaxReceiveMessageSize = Limits.Default.WireBytesMax;
        options.MaxSendMessageSize = null;
    }

    /// <summary>A port nobody listens on now.</summary>
    public static int FreePort(IPAddress address)
    {
        using var probe = new TcpListener(address, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var probe = new TcpListener(address, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Speaks TLS alone. A certificate that is shown must be one of the cluster's.</summary>
    public static void UseTls(ListenOptions listen, TlsDirectory tls, bool wantsCertificates) => listen.UseHttps(https =>
    {
        https.ServerCertificateSelector = (_, _) => tls.Certificate;
        https.ClientCertificateMode = wantsCertificates ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (certificate, _, _) => tls.IsTrusted(certificate);
    });

    public static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
        // An idle stream is a healthy one.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
    }

    /// <summary>Serves until cancelled; prints the ready line.</summary>
    /// <param name="loop">The loop behind the server; its end by an exception ends the process.</param>
    /// <returns>0, or 1 if the port was taken or the loop failed.</returns>
    public static async Task<int> RunAsync(
        WebApplication app, Func<CancellationToken, Task> loop, int port, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, app.Lifetime.ApplicationStopping);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
            || e.InnerException is SocketException)
        {
            await Console.Error.WriteLineAsync($"""
                error: port {port} cannot be listened on
                why:   {e.InnerException?.Message ?? e.Message}
                fix:   stop what uses it, or choose another with --port
                """);
            return 1;
        }
        var running = loop(stop.Token);
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .First(a => !a.Contains("unix:", StringComparison.Ordinal));
        await Console.Out.WriteLineAsync($"ready {url}");
        await Console.Out.FlushAsync(cancellation);
        // Not the host's own wait: told to end, that one would hold the server's stop for as long as a stream is open.
        await Task.WhenAny(running, Task.Delay(Timeout.Infinite, stop.Token));
        await stop.CancelAsync();
        try
        {
            await running;
        }
        finally
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await app.StopAsync(patience.Token);
        }
        return 0;
    }
}
