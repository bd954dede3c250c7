using Agora.Election;
using Agora.Protocol;
using Agora.Web;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

/// <summary>Where this process's master sits while it leads; before that, who asks is sent to the one that does.</summary>
internal sealed class MasterSeat(ILeaderFinder finder, Uri self) : IClusterSource
{
    private volatile MasterHost? _host;

    /// <summary>Null gives the seat up.</summary>
    public void Take(MasterHost? host) => _host = host;

    public IClusterReader? Leading => _host;

    public async ValueTask<Uri?> FindLeaderAsync(CancellationToken cancellation) =>
        await finder.FindAsync(null, cancellation) is { } leader && leader != self ? leader : null;

    /// <exception cref="RpcException">This master does not lead; the trailer names who does, if that is known.</exception>
    public async ValueTask<MasterHost> LeadingAsync(CancellationToken cancellation)
    {
        if (_host is { } host)
            return host;
        var leader = await FindLeaderAsync(cancellation);
        var trailers = new Metadata();
        if (leader is not null)
            trailers.Add(WireNames.LeaderTrailer, leader.ToString());
        throw new RpcException(new Status(StatusCode.Unavailable, leader is not null ? $"this master does not lead; {leader} does" : "no master leads just now"), trailers);
    }
}
