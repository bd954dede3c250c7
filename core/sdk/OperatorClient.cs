using Agora.Election;
using Agora.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Sdk;

/// <summary>Asks the leading master what operators ask it; a master that does not lead is passed over.</summary>
/// <param name="patience">For one question, from beginning to end.</param>
public sealed class OperatorClient(MasterLocation masters, TimeSpan patience, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Masters asked for one question, besides those of a list: one that led, one that it names.</summary>
    private const int AttemptsBeyondList = 2;

    private readonly ILeaderFinder _finder = masters.CreateFinder();
    private (Uri Master, GrpcChannel Channel)? _open;

    /// <summary>The master that was asked last; null before.</summary>
    public Uri? Leader => _open?.Master;

    /// <exception cref="RpcException">No master answers, or the leader refuses.</exception>
    public async Task<ClusterSnapshot> SnapshotAsync(bool withTasks, CancellationToken cancellation = default) =>
        (await AskAsync((service, options) => service.GetSnapshotAsync(new V1.GetSnapshotRequest { WithTasks = withTasks }, options), cancellation)).ToDomain();

    /// <exception cref="RpcException">As for all questions; NotFound if there is no such framework.</exception>
    public async Task<FrameworkExplanation> ExplainFrameworkAsync(string idOrName, CancellationToken cancellation = default) =>
        (await AskAsync((service, options) => service.ExplainFrameworkAsync(new V1.ExplainFrameworkRequest { IdOrName = idOrName }, options), cancellation)).ToDomain();

    /// <exception cref="RpcException">As for all questions; NotFound if there is no such task.</exception>
    public async Task<TaskExplanation> ExplainTaskAsync(FrameworkId framework, TaskId task, CancellationToken cancellation = default) =>
        (await AskAsync((service, options) => service.ExplainTaskAsync(
            new V1.ExplainTaskRequest { FrameworkId = framework.Value, TaskId = task.Value }, options), cancellation)).ToDomain();

    /// <returns>Null if it was carried out, else why not.</returns>
    /// <exception cref="RpcException">As for all questions.</exception>
    public async Task<string?> OrderAsync(OperatorCommand command, CancellationToken cancellation = default) =>
        (await AskAsync((service, options) => service.CommandAsync(command.ToWire(), options), cancellation)).Refused is { Length: > 0 } refused ? refused : null;

    public async ValueTask DisposeAsync()
    {
        _open?.Channel.Dispose();
        await _finder.DisposeAsync();
    }

    private async Task<T> AskAsync<T>(Func<V1.OperatorService.OperatorServiceClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellation)
    {
        var options = new CallOptions(deadline: (time.GetUtcNow() + patience).UtcDateTime, cancellationToken: cancellation);
        var attempts = AttemptsBeyondList + (masters is MasterLocation.Hosts list ? list.Masters.Count - 1 : 0);
        for (Uri? named = null; ; attempts--)
        {
            if (_open is null && await OpenAsync(named, cancellation) is { } wrong)
                throw new RpcException(new Status(StatusCode.Unavailable, wrong));
            try
            {
                return await ask(new V1.OperatorService.OperatorServiceClient(_open!.Value.Channel), options);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                _open?.Channel.Dispose();
                _open = null;
                if (attempts <= 1)
                    throw;
                named = Uri.TryCreate(e.Trailers.GetValue(WireNames.LeaderTrailer), UriKind.Absolute, out var leader) ? leader : null;
            }
        }
    }

    /// <returns>Null if there is a channel now, else why not.</returns>
    private async Task<string?> OpenAsync(Uri? named, CancellationToken cancellation)
    {
        if (await _finder.FindAsync(named, cancellation) is not { } master)
            return $"no master of {masters} leads just now";
        _open = (master, GrpcChannels.ToOperator(master, patience));
        return null;
    }
}
