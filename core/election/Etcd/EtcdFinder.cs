using Grpc.Core;

namespace Agora.Election.Etcd;

/// <summary>Reads from etcd who leads.</summary>
internal sealed class EtcdFinder(MasterLocation.InEtcd location) : ILeaderFinder
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly EtcdClient _client = new(location.Endpoints);
    private readonly EtcdKeys _keys = new(location.Path);

    public async ValueTask<Uri?> FindAsync(Uri? named, CancellationToken cancellation)
    {
        try
        {
            return (await LeaderAsync(cancellation)).Leader ?? named;
        }
        catch (RpcException) when (!cancellation.IsCancellationRequested)
        {
            return named;
        }
    }

    public async Task AnotherLeadsAsync(Uri than, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var (leader, revision) = await LeaderAsync(cancellation);
                if (leader is not null && leader != than)
                    return;
                await _client.ChangeAsync(_keys.Masters, _keys.MastersEnd, revision + 1, cancellation);
            }
            catch (Exception e) when (e is RpcException or IOException or InvalidOperationException)
            {
                cancellation.ThrowIfCancellationRequested();
                _client.Skip();
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private async Task<(Uri? Leader, long Revision)> LeaderAsync(CancellationToken cancellation)
    {
        var (first, revision) = await _client.FirstAsync(_keys, cancellation);
        return (first is not null && Uri.TryCreate(EtcdKeys.Text(first.Value), UriKind.Absolute, out var leader) ? leader : null, revision);
    }

    public async ValueTask<IReadOnlyList<Uri>> MastersAsync(CancellationToken cancellation)
    {
        try
        {
            return [.. (await _client.CandidatesAsync(_keys, 0, cancellation)).Found.Select(c => new Uri(EtcdKeys.Text(c.Value)))];
        }
        catch (RpcException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
