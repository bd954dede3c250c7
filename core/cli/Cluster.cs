using System.CommandLine;
using Agora.Protocol;
using Agora.Sdk;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Cli;

/// <summary>The cluster a command speaks to: given with --master, in $AGORA_MASTER, or the embedded one.</summary>
internal sealed class Cluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel;
    private readonly V1.OperatorService.OperatorServiceClient _operator;

    private Cluster(Uri master)
    {
        Master = master;
        _channel = GrpcChannel.ForAddress(master, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            HttpHandler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false },
        });
        _operator = new V1.OperatorService.OperatorServiceClient(_channel);
    }

    public Uri Master { get; }

    public static Option<string?> MasterOption() => new("--master")
    {
        Description = "URL of the master; default $AGORA_MASTER, else the cluster of 'agora up'",
        HelpName = "url",
        Recursive = true,
    };

    public static Cluster Find(string? master)
    {
        try
        {
            return new Cluster(MasterAddress.Find(master) ?? throw new Failure("no cluster is known",
                $"no --master is given, {MasterAddress.Variable} is not set, and {MasterAddress.ClusterFile} does not exist",
                "start one with 'agora up --detach', or name one with --master http://HOST:PORT"));
        }
        catch (FormatException e)
        {
            throw new Failure(e.Message, "it cannot be read as one", "write it as http://HOST:PORT", 2);
        }
    }

    public Task<ClusterSnapshot> SnapshotAsync(bool withTasks = false) => AskAsync(async () =>
        (await _operator.GetSnapshotAsync(new V1.GetSnapshotRequest { WithTasks = withTasks }, Options())).ToDomain());

    public Task<FrameworkExplanation> ExplainFrameworkAsync(string idOrName) => AskAsync(async () =>
        (await _operator.ExplainFrameworkAsync(new V1.ExplainFrameworkRequest { IdOrName = idOrName }, Options())).ToDomain());

    public Task<TaskExplanation> ExplainTaskAsync(FrameworkId framework, TaskId task) => AskAsync(async () =>
        (await _operator.ExplainTaskAsync(
            new V1.ExplainTaskRequest { FrameworkId = framework.Value, TaskId = task.Value }, Options())).ToDomain());

    /// <returns>Null if it was carried out, else why not.</returns>
    public Task<string?> OrderAsync(OperatorCommand command) => AskAsync(async () =>
        (await _operator.CommandAsync(command.ToWire(), Options())).Refused is { Length: > 0 } refused ? refused : null);

    private static CallOptions Options() => new(deadline: DateTime.UtcNow + Patience);

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            throw new Failure(e.Status.Detail, "the master does not know it",
                "see 'agora frameworks' and 'agora tasks' for what there is");
        }
        catch (RpcException e)
        {
            throw new Failure($"the master at {Master} did not answer", e.Status.Detail,
                "see that it runs ('agora up'), or name another with --master");
        }
    }

    public void Dispose() => _channel.Dispose();
}
