using Grpc.Core;

namespace Agora.Election.Etcd;

/// <summary>Reads from etcd who leads.</summary>
internal sealed class EtcdFinder(MasterLocation.InEtcd location) : ILeaderFinder
{
    private readonly EtcdClient _client = new(location.Endpoints);
    private readonly EtcdKeys _keys = new(location.Path);

    public async ValueTask<Uri?> FindAsync(Uri? named, CancellationToken cancellation)
    {
        try
        {
            var (first, _) = await _client.FirstAsync(_keys, cancellation);
            return first is not null && Uri.TryCreate(EtcdKeys.Text(first.Value), UriKind.Absolute, out var leader) ? leader : named;
        }
        catch (RpcException) when (!cancellation.IsCancellationRequested)
        {
            return named;
        }
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
