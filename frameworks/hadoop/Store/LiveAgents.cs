using Agora.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Hadoop.Store;

/// <summary>Who knows which nodes have an agent.</summary>
internal interface ILiveAgents
{
    /// <summary>Hostnames of the agents that are there now; null if nobody can say.</summary>
    Task<IReadOnlySet<string>?> HostnamesAsync(CancellationToken stop);
}

/// <summary>Asks the master; of several the one that answers.</summary>
internal sealed class MasterLiveAgents : ILiveAgents, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<GrpcChannel> _channels;
    private readonly TimeProvider _time;

    public MasterLiveAgents(IReadOnlyList<Uri> masters, TimeProvider time)
    {
        _time = time;
        _channels = [.. masters.Select(m => GrpcChannel.ForAddress(m, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            HttpHandler = new SocketsHttpHandler { ConnectTimeout = Patience, UseProxy = false },
            DisposeHttpClient = true,
        }))];
    }

    public async Task<IReadOnlySet<string>?> HostnamesAsync(CancellationToken stop)
    {
        foreach (var channel in _channels)
        {
            try
            {
                var snapshot = (await new V1.OperatorService.OperatorServiceClient(channel).GetSnapshotAsync(
                    new V1.GetSnapshotRequest(), deadline: (_time.GetUtcNow() + Patience).UtcDateTime,
                    cancellationToken: stop)).ToDomain();
                return snapshot.Agents.Where(a => a.Condition is AgentCondition.Active or AgentCondition.Draining)
                    .Select(a => a.Info.Hostname).ToHashSet(StringComparer.Ordinal);
            }
            catch (RpcException) when (!stop.IsCancellationRequested)
            {
                // It does not lead or cannot be reached: the next one may.
            }
        }
        return null;
    }

    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }
}
