using Agora.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Torque.Server.Service;

/// <summary>Asks the master what agents there are, from time to time: offers show only what is free.</summary>
internal sealed class ClusterPoll : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<GrpcChannel> _channels;
    private readonly TimeProvider _time;

    public ClusterPoll(IReadOnlyList<Uri> masters, TimeProvider time)
    {
        _time = time;
        _channels = [.. masters.Select(m => GrpcChannel.ForAddress(m, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            HttpHandler = new SocketsHttpHandler { ConnectTimeout = Patience, UseProxy = false },
            DisposeHttpClient = true,
        }))];
    }

    /// <summary>Tells until it is stopped; the first time before it returns control, if a master answers.</summary>
    public async Task RunAsync(Action<IReadOnlyList<AgentView>> tell, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await AgentsAsync(stop) is { } agents)
                tell(agents);
            await Task.Delay(Interval, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Null if no master answers.</returns>
    public async Task<IReadOnlyList<AgentView>?> AgentsAsync(CancellationToken stop)
    {
        foreach (var channel in _channels)
        {
            try
            {
                return (await new V1.OperatorService.OperatorServiceClient(channel).GetSnapshotAsync(
                    new V1.GetSnapshotRequest(), deadline: (_time.GetUtcNow() + Patience).UtcDateTime,
                    cancellationToken: stop)).ToDomain().Agents;
            }
            catch (RpcException)
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
