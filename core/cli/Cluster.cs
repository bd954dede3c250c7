using System.CommandLine;
using Agora.Election;
using Agora.Sdk;
using Agora.Security;
using Agora.Security.Tls;
using Grpc.Core;

namespace Agora.Cli;

/// <summary>The cluster a command speaks to: given with --master, in $AGORA_MASTER, or the embedded one.</summary>
internal sealed class Cluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly OperatorClient _client;

    private Cluster(MasterLocation location)
    {
        Location = location;
        _client = new OperatorClient(location, Patience, TimeProvider.System);
    }

    public MasterLocation Location { get; }

    /// <summary>For reading what tasks wrote, at agents.</summary>
    public HttpMessageHandler OpenFiles() => AgentFilesHandler.OfMaster(Location, Patience);

    public static Option<string?> MasterOption() => new("--master")
    {
        Description = "URL of the master, or where the masters elect their leader (etcd://..., zk://...); default $AGORA_MASTER, else the cluster of 'agora up'",
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
        catch (SecurityFileException e)
        {
            throw new Failure("masters cannot be told from others", e.Message, $"correct the files in ${TlsDirectory.Variable}, or unset it");
        }
        catch (FormatException e)
        {
            throw new Failure(e.Message, "it cannot be read as one", "write it as http://HOST:PORT", 2);
        }
    }

    public Task<ClusterSnapshot> SnapshotAsync(bool withTasks = false) => AskAsync(() => _client.SnapshotAsync(withTasks));

    /// <summary>The leader's pages, with a token where it asks for one.</summary>
    public async Task<string> DashboardAsync()
    {
        await SnapshotAsync();
        return DashboardOf(_client.Leader!, _client.Access);
    }

    /// <param name="access">How the master is shown who looks.</param>
    public static string DashboardOf(Uri master, MasterAccess access) => access.Credential is { } credential
        ? $"{new Uri(master, "/login")}?token={Uri.EscapeDataString(credential.Token(Audiences.Master))}" : new Uri(master, "/").ToString();

    /// <summary>All masters, and whether each leads; asked after a question that the leader has answered.</summary>
    public async Task<IReadOnlyList<(Uri Master, bool Leads)>> MastersAsync()
    {
        var leader = _client.Leader;
        var all = await _client.MastersAsync();
        return [.. (leader is null || all.Contains(leader) ? all : all.Prepend(leader)).Select(m => (m, m == leader))];
    }

    public Task<FrameworkExplanation> ExplainFrameworkAsync(string idOrName) => AskAsync(() => _client.ExplainFrameworkAsync(idOrName));

    public Task<TaskExplanation> ExplainTaskAsync(FrameworkId framework, TaskId task) =>
        AskAsync(() => _client.ExplainTaskAsync(framework, task));

    /// <returns>Null if it was carried out, else why not.</returns>
    public Task<string?> OrderAsync(OperatorCommand command) => AskAsync(() => _client.OrderAsync(command));

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
        catch (RpcException e) when (Denied(e) is { } denied)
        {
            throw denied;
        }
        catch (RpcException e)
        {
            throw new Failure($"the master at {(object?)_client.Leader ?? Location} did not answer", e.Status.Detail,
                "see that it runs ('agora up'), or name another with --master");
        }
    }

    /// <returns>Null if it was something else.</returns>
    public static Failure? Denied(RpcException e) => e.StatusCode switch
    {
        StatusCode.Unauthenticated => new Failure("the master does not know who this is", e.Status.Detail,
            $"name your credential file in ${CredentialFile.Variable}; of a cluster of 'agora up' its owner has it, in {MasterAddress.StateDirectory}"),
        StatusCode.PermissionDenied => new Failure("the master does not allow it", e.Status.Detail,
            "ask who keeps the master's lists of credentials and access; 'agora acl check' tells what they say"),
        _ => null,
    };

    public void Dispose() => _client.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
