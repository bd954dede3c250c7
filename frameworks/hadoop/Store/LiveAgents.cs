using Agora.Election;
using Agora.Sdk;
using Grpc.Core;

namespace Agora.Hadoop.Store;

/// <summary>Who knows which nodes have an agent.</summary>
internal interface ILiveAgents
{
    /// <summary>Hostnames of the agents that are there now; null if nobody can say.</summary>
    Task<IReadOnlySet<string>?> HostnamesAsync(CancellationToken stop);
}

/// <summary>Asks the leading master.</summary>
internal sealed class MasterLiveAgents(MasterLocation masters, TimeProvider time) : ILiveAgents, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly OperatorClient _master = new(masters, Patience, time);

    public async Task<IReadOnlySet<string>?> HostnamesAsync(CancellationToken stop)
    {
        try
        {
            var snapshot = await _master.SnapshotAsync(withTasks: false, stop);
            return snapshot.Agents.Where(a => a.Condition is not (AgentCondition.Unreachable or AgentCondition.Disconnected))
                .Select(a => a.Info.Hostname).ToHashSet(StringComparer.Ordinal);
        }
        catch (RpcException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _master.DisposeAsync();
}
