using System.Diagnostics;
using Agora.Election;
using Agora.Sdk;
using Agora.Security;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Xunit;

namespace Agora.Tests.Live.Security;

/// <summary>A master that knows who may what, and one agent, started as an administrator starts them.</summary>
public sealed class GuardedCluster : IAsyncLifetime
{
    public const string Operator = "olga", Alice = "alice", Bob = "bob", Nodes = "nodes", Stranger = "stranger";

    /// <summary>Where the test takes a line away and puts it back, other tests must not need it.</summary>
    public const string Rules = """
        allow  olga       *                             *
        allow  alice,bob  register                      default,shared-*
        allow  alice,bob  run-as                        *
        allow  alice,bob  kill,teardown,read-sandbox    self
        allow  alice,bob  view                          *
        """;

    private readonly List<Process> _processes = [];
    private GrpcChannel? _channel;

    public string Home { get; } = Directory.CreateTempSubdirectory("agora-guarded-").FullName;
    public int Port { get; } = Programs.FreePort();
    public int FilePort { get; } = Programs.FreePort();
    public Uri Master => new($"http://127.0.0.1:{Port}");
    public string ListFile => Path.Combine(Home, "credentials");
    public string RulesFile => Path.Combine(Home, "acls");
    public string AgentDirectory => Path.Combine(Home, "agent");

    internal GrpcChannel Channel => _channel ??= GrpcChannel.ForAddress(Master, new GrpcChannelOptions { MaxReceiveMessageSize = null });

    public string FileOf(string principal) => Path.Combine(Home, $"{principal}.credential");

    internal MasterAccess Access(string principal) => new(new CredentialFile(FileOf(principal)));

    /// <summary>Calls with a token of a principal's; null shows none.</summary>
    internal CallInvoker As(string? principal) =>
        principal is null ? Channel.CreateCallInvoker() : Channel.Intercept(_ => Access(principal).Headers());

    /// <summary>A command as a principal gives it; null has no credential.</summary>
    internal Task<Finished> Agora(string? principal, params IEnumerable<string> arguments) => Programs.Run(Home, "/usr/bin/env",
        [.. principal is null ? (string[])[] : [$"{CredentialFile.Variable}={FileOf(principal)}"], Programs.Agora, .. arguments, "--master", $"{Master}"]);

    internal Task<Finished> Run(string? principal, string name, params IEnumerable<string> command) => Programs.Run(Home, "/usr/bin/env",
        [.. principal is null ? (string[])[] : [$"{CredentialFile.Variable}={FileOf(principal)}"], Programs.Agora, "run", "--master", $"{Master}", "--name", name, "--cpus", "0.1", "--mem", "32", "--", .. command]);

    internal LiveFramework Framework(string principal, FrameworkInfo info) => new(new MasterLocation.Hosts([Master]), info, access: Access(principal));

    internal async Task<ClusterSnapshot> Snapshot() => await new OperatorClient(new MasterLocation.Hosts([Master]), Programs.Patience, TimeProvider.System, Access(Operator)).SnapshotAsync(withTasks: true);

    /// <summary>That the cluster still schedules, as one of its users sees it.</summary>
    internal async Task StillWorks()
    {
        var run = await Run(Alice, "alive", "echo", "alive");
        Assert.True((run.ExitCode, run.Text) == (0, "alive\n"), run.ToString());
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var (principal, roles) in new[] { (Operator, "operator"), (Alice, "framework"), (Bob, "framework"), (Nodes, "agent") })
            await MakeCredential(principal, roles);
        PrivateFile.Write(FileOf(Stranger), Credential.Create(Stranger).ToFile());
        await File.WriteAllTextAsync(RulesFile, Rules);
        await Start("agora-master", "--port", $"{Port}", "--work-dir", Path.Combine(Home, "master"), "--credentials", ListFile, "--acls", RulesFile);
        await Start("agora-agent", "--master", $"{Master}", "--port", $"{FilePort}", "--hostname", "node1", "--resources", "cpus:8;mem:2048",
            "--work-dir", AgentDirectory, "--credential", FileOf(Nodes));
        await Programs.Until("the agent to register", Snapshot, s => s.Agents.Any(a => a.Condition == AgentCondition.Active), s => $"{s.Agents.Count} agents");
    }

    internal async Task MakeCredential(string principal, string roles)
    {
        var made = await Programs.Run(Home, Programs.Agora, "credential", principal, "--roles", roles, "--list", ListFile, "--out", FileOf(principal));
        Assert.True(made.ExitCode == 0, made.ToString());
    }

    private async Task Start(string program, params IEnumerable<string> arguments)
    {
        var log = Path.Combine(Home, $"{program}.log");
        var process = Programs.Start(Home, "/bin/sh", ["-c", "exec \"$@\" 2>\"$0\"", log, Path.Combine(Programs.Bin, program), .. arguments]);
        _processes.Add(process);
        var ready = await process.StandardOutput.ReadLineAsync().WaitAsync(Programs.Patience);
        Assert.True(ready?.StartsWith("ready ", StringComparison.Ordinal) == true, $"{ready}{await File.ReadAllTextAsync(log)}");
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            _ = Libc.kill(process.Id, Libc.SIGTERM);
            await process.WaitForExitAsync().WaitAsync(Programs.Patience);
            process.Dispose();
        }
        foreach (var left in RunningProcess.Naming(Home))
            _ = Libc.kill(left.Pid, Libc.SIGKILL);
        Directory.Delete(Home, recursive: true);
    }
}

/// <summary>Tests that share one guarded cluster, one at a time; each leaves it as it was.</summary>
[CollectionDefinition(Name)]
public sealed class SharedGuardedCluster : ICollectionFixture<GuardedCluster>
{
    public const string Name = "guarded cluster";
}
