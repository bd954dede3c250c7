using System.Diagnostics;
using System.Text.Json;
using Agora.Election;
using Agora.Protocol;
using Agora.Sdk;
using Agora.Security;
using Agora.Supervisor.Shared;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>A cluster of <c>agora up</c> with a state directory and a port of its own. Disposing it ends it.</summary>
public class LiveCluster : IAsyncLifetime
{
    private GrpcChannel? _channel;

    public string Home { get; } = Directory.CreateTempSubdirectory("agora-cluster-").FullName;
    public int Port { get; private set; } = Programs.FreePort();
    public Uri Master => new($"http://127.0.0.1:{Port}");
    internal Finished? Started { get; private set; }

    /// <summary>A channel to the master that knows no bounds of its own.</summary>
    internal GrpcChannel Channel => _channel ??= GrpcChannel.ForAddress(Master, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = null,
        MaxSendMessageSize = null,
        HttpHandler = new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true },
    });

    /// <summary>Calls on it, each with a token of the cluster's owner.</summary>
    internal CallInvoker Invoker => Channel.Intercept(_ => MasterAccess.OfState(Home).Headers());

    /// <summary>Calls on it as one of its agents.</summary>
    internal CallInvoker AgentInvoker => Channel.Intercept(_ => new MasterAccess(new CredentialFile(Path.Combine(Home, "agent-credential"))).Headers());

    protected virtual string[] Options => ["--agents", "4"];

    /// <summary>The frameworks' services are started too.</summary>
    protected virtual bool HasServices => false;

    public async ValueTask InitializeAsync()
    {
        Started = await Up(Options);
        Assert.True(Started.ExitCode == 0, Started.ToString());
    }

    /// <summary>Another program may have taken the free port meanwhile: then another one is tried, twice.</summary>
    internal async Task<Finished> Up(params string[] options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var up = await Agora(["up", "--port", $"{Port}", .. HasServices ? (string[])[] : ["--no-services"], "--detach", .. options]);
            if (up.ExitCode == 0)
                MasterAccess.Remember(new MasterLocation.Hosts([Master]), MasterAccess.OfState(Home));
            if (up.ExitCode == 0 || attempt == 3 || !up.Error.Contains("in use", StringComparison.Ordinal))
                return up;
            Port = Programs.FreePort();
        }
    }

    internal Task<Finished> Agora(params IEnumerable<string> arguments) => Programs.Run(Home, Programs.Agora, arguments);

    internal Task<Finished> Run(params IEnumerable<string> command) =>
        Agora(["run", "--cpus", "1", "--mem", "64", "--", .. command]);

    /// <summary>What a command prints for programs.</summary>
    internal async Task<JsonElement> Json(params IEnumerable<string> arguments)
    {
        var finished = await Agora([.. arguments, "--json"]);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        return JsonDocument.Parse(finished.Output).RootElement;
    }

    internal async Task<ClusterSnapshot> Snapshot() =>
        (await new V1.OperatorService.OperatorServiceClient(Invoker).GetSnapshotAsync(
            new V1.GetSnapshotRequest { WithTasks = true }, new CallOptions(deadline: DateTime.UtcNow + Programs.Patience,
                cancellationToken: TestContext.Current.CancellationToken))).ToDomain();

    /// <summary>A program of the cluster, from <c>cluster.json</c>.</summary>
    internal int Pid(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Home, "cluster.json")));
        return file.RootElement.GetProperty("processes").EnumerateArray()
            .First(p => p.GetProperty("name").GetString() == name).GetProperty("pid").GetInt32();
    }

    /// <summary>Kills a program of the cluster as a broken machine would and tells how it was started.</summary>
    internal async Task<string[]> KillHard(string name)
    {
        var pid = Pid(name);
        var command = (await File.ReadAllTextAsync($"/proc/{pid}/cmdline")).TrimEnd('\0').Split('\0');
        _ = Libc.kill(pid, Libc.SIGKILL);
        await Programs.Until($"{name} to end", () => ProcStat.Read(pid) is not { IsZombie: false }, () => $"{pid} running");
        return command;
    }

    /// <summary>Starts a program again just as it was; it ends with the cluster.</summary>
    internal void Restart(string[] command)
    {
        var start = new ProcessStartInfo("setsid",
            ["/bin/sh", "-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", Path.Combine(Home, "restarted.log"), .. command]);
        // Where it finds whom it is to say it is, as whoever starts it by hand has it.
        start.Environment["AGORA_HOME"] = Home;
        Process.Start(start)!.Dispose();
    }

    /// <summary>Running processes that name the state directory on their command line or in their environment.</summary>
    internal IReadOnlyList<RunningProcess> Processes() => RunningProcess.Naming(Home);

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (File.Exists(Path.Combine(Home, "cluster.json")))
            await Agora("down");
        Directory.Delete(Home, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>Tests that share one cluster of four agents, one at a time; each leaves it as it was.</summary>
[CollectionDefinition(Name)]
public sealed class SharedCluster : ICollectionFixture<LiveCluster>
{
    public const string Name = "shared cluster";
}
