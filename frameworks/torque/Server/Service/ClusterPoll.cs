using Agora.Election;
using Agora.Sdk;
using Grpc.Core;

namespace Agora.Torque.Server.Service;

/// <summary>Asks the master what agents there are, from time to time: offers show only what is free.</summary>
internal sealed class ClusterPoll(MasterLocation masters, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(5);

    private readonly OperatorClient _master = new(masters, Patience, time);

    /// <summary>Tells until it is stopped; the first time before it returns control, if a master answers.</summary>
    public async Task RunAsync(Action<IReadOnlyList<AgentView>> tell, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await AgentsAsync(stop) is { } agents)
                tell(agents);
            await Task.Delay(Interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Null if no master answers.</returns>
    public async Task<IReadOnlyList<AgentView>?> AgentsAsync(CancellationToken stop)
    {
        try
        {
            return (await _master.SnapshotAsync(withTasks: false, stop)).Agents;
        }
        catch (RpcException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _master.DisposeAsync();
}
