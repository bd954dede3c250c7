using System.Net.Sockets;
using Agora.Security.Tls;
using Grpc.Net.Client;

namespace Agora.Sdk;

/// <summary>Channels fit for one long-lived stream: no time limit once connected, pings to find a dead peer.</summary>
internal static class GrpcChannels
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    /// <summary>To <c>http://host:port</c> (HTTP/2 without TLS) or <c>https://host:port</c>.</summary>
    public static GrpcChannel ToMaster(Uri master, TimeSpan connectTimeout, TlsDirectory? tls) => Create(master, Trusting(Handler(connectTimeout), tls));

    /// <summary>For single questions; what is answered may be of any size.</summary>
    public static GrpcChannel ToOperator(Uri master, TimeSpan connectTimeout, TlsDirectory? tls) => GrpcChannel.ForAddress(master, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = null,
        HttpHandler = Trusting(new SocketsHttpHandler { ConnectTimeout = connectTimeout, UseProxy = false }, tls),
        DisposeHttpClient = true,
    });

    public static GrpcChannel ToSocket(string path, TimeSpan connectTimeout)
    {
        var handler = Handler(connectTimeout);
        handler.ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        // The host name is not used: the callback alone says where to connect.
        return Create(new Uri("http://agent"), handler);
    }

    private static GrpcChannel Create(Uri address, SocketsHttpHandler handler) =>
        GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = Limits.Default.WireBytesMax,
            MaxSendMessageSize = Limits.Default.WireBytesMax,
        });

    private static SocketsHttpHandler Trusting(SocketsHttpHandler handler, TlsDirectory? tls)
    {
        if (tls is not null)
            handler.SslOptions = tls.ClientOptions();
        return handler;
    }

    private static SocketsHttpHandler Handler(TimeSpan connectTimeout) => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = connectTimeout,
        KeepAlivePingDelay = PingInterval,
        KeepAlivePingTimeout = PingInterval,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        UseProxy = false,
        UseCookies = false,
    };
}
