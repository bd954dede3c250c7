using Agora.Election;
using Agora.Sdk;
using Grpc.Core;

namespace Agora.Workloads.Recovery;

/// <summary>Asks the leader again and again how far the cluster is; while none leads there is nothing to learn.</summary>
internal sealed class ProgressSampler : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromSeconds(1);

    private readonly MasterLocation _masters;
    private readonly CancellationTokenSource _end = new();
    private readonly List<ProgressSample> _samples = [];
    private readonly Task _running;

    /// <param name="clock">Seconds from the beginning.</param>
    public ProgressSampler(MasterLocation masters, Func<double> clock)
    {
        _masters = masters;
        _running = Task.Run(() => RunAsync(clock));
    }

    public async Task<IReadOnlyList<ProgressSample>> EndAsync()
    {
        await _end.CancelAsync();
        await _running;
        return _samples;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _end.Dispose();
    }

    private async Task RunAsync(Func<double> clock)
    {
        await using var client = new OperatorClient(_masters, Patience, TimeProvider.System);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var seen = await client.SnapshotAsync(withTasks: false, _end.Token);
                _samples.Add(new ProgressSample(clock(), seen.Epoch,
                    seen.Frameworks.GroupBy(f => f.Info.Role).ToDictionary(r => r.Key, r => r.Sum(f => f.OffersAccepted)),
                    seen.Counters.TasksLost + seen.Counters.TasksFailed));
                await Task.Delay(Interval, _end.Token);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // Nobody leads, or the leader stands still.
            }
        }
    }
}
