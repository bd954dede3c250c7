using Agora.Election;
using Agora.Protocol;
using Agora.Security;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Sdk;

/// <summary>
/// Asks the leading master what operators ask it; a master that does not lead is passed over, and while there are several and
/// none leads, the next leader is waited for.
/// </summary>
/// <param name="patience">For one question, from beginning to end.</param>
/// <param name="access">How masters are shown who asks; null takes <see cref="MasterAccess.Find"/>.</param>
public sealed class OperatorClient(MasterLocation masters, TimeSpan patience, TimeProvider time, MasterAccess? access = null) : IAsyncDisposable
{
    /// <summary>Of a master that is alone, for one question: its connection may have been an old one.</summary>
    private const int AttemptsAtOne = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100), LookAgain = TimeSpan.FromSeconds(1);

    private readonly ILeaderFinder _finder = masters.CreateFinder();
    private readonly MasterAccess _access = access ?? MasterAccess.Find(masters);
    private (Uri Master, GrpcChannel Channel)? _open;

    /// <summary>How masters are shown who asks.</summary>
    public MasterAccess Access => _access;

    /// <summary>The master that was asked last; null before.</summary>
    public Uri? Leader => _open?.Master;

    /// <exception cref="RpcException">No master answers, the leader refuses, or it was cancelled.</exception>
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

    /// <summary>What an agent's file server is to be shown to read a framework's files there.</summary>
    /// <param name="place"><c>host:port</c> of that server.</param>
    /// <returns>Null where none is asked for.</returns>
    /// <exception cref="RpcException">As for all questions; PermissionDenied if they may not be read.</exception>
    public async Task<string?> FileTokenAsync(FrameworkId framework, string place, CancellationToken cancellation = default) =>
        (await AskAsync((service, options) => service.GetFileTokenAsync(new V1.GetFileTokenRequest { FrameworkId = framework.Value, Place = place }, options), cancellation))
            .Token is { Length: > 0 } token ? token : null;

    /// <returns>All masters, as <see cref="ILeaderFinder.MastersAsync"/> has them.</returns>
    public async Task<IReadOnlyList<Uri>> MastersAsync(CancellationToken cancellation = default) => await _finder.MastersAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        _open?.Channel.Dispose();
        await _finder.DisposeAsync();
    }

    private async Task<T> AskAsync<T>(Func<V1.OperatorService.OperatorServiceClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellation)
    {
        var end = time.GetUtcNow() + patience;
        var isAlone = masters is MasterLocation.Hosts { Masters.Count: 1 };
        Uri? named = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (_open is null && await OpenAsync(named, cancellation) is { } wrong)
                    throw new RpcException(new Status(StatusCode.Unavailable, wrong));
                // Each attempt shows a token of its own: one is good for one call.
                var options = new CallOptions(_access.Headers(), end.UtcDateTime, cancellation);
                return await AnswerAsync(ask(new V1.OperatorService.OperatorServiceClient(_open!.Value.Channel), options), _open.Value.Master, cancellation);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                _open?.Channel.Dispose();
                _open = null;
                if (isAlone ? attempt == AttemptsAtOne : time.GetUtcNow() + Pause >= end)
                    throw;
                var next = Uri.TryCreate(e.Trailers.GetValue(WireNames.LeaderTrailer), UriKind.Absolute, out var leader) ? leader : null;
                // One that was just named is asked at once; who names it again knows no better yet.
                if (!isAlone && (next is null || next == named))
                    await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                named = next;
            }
            catch (SecurityFileException e)
            {
                throw new RpcException(new Status(StatusCode.Unauthenticated, e.Message));
            }
            catch (OperationCanceledException)
            {
                throw new RpcException(new Status(StatusCode.Cancelled, "nobody waits for the answer any more"));
            }
        }
    }

    /// <summary>Waits for an answer, but not for that of a leader that stands still while another leads.</summary>
    private async Task<T> AnswerAsync<T>(AsyncUnaryCall<T> call, Uri asked, CancellationToken cancellation)
    {
        while (masters is not MasterLocation.Hosts && await Task.WhenAny(call.ResponseAsync, Task.Delay(LookAgain, time, cancellation)) != call.ResponseAsync)
        {
            if (await _finder.FindAsync(null, cancellation) is { } leader && leader != asked)
            {
                call.Dispose();
                throw new RpcException(new Status(StatusCode.Unavailable, $"{asked} does not answer, and {leader} leads now"));
            }
        }
        return await call.ResponseAsync;
    }

    /// <returns>Null if there is a channel now, else why not.</returns>
    private async Task<string?> OpenAsync(Uri? named, CancellationToken cancellation)
    {
        if (await _finder.FindAsync(named, cancellation) is not { } master)
            return $"no master of {masters} leads just now";
        _open = (master, GrpcChannels.ToOperator(master, patience, _access.Tls));
        return null;
    }
}
