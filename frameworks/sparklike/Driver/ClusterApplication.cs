using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Agora.Election;
using Agora.Sdk;
using Agora.Spark.Executor;
using Agora.Spark.Transfer;
using Grpc.Core;

namespace Agora.Spark.Driver;

/// <summary>An application on a cluster: a framework whose executors fetch what they run from this process.</summary>
internal sealed class ClusterApplication : Application
{
    private const string ExecutorProgram = "agora-spark-executor";

    private static readonly TimeSpan MasterPatience = TimeSpan.FromSeconds(10), ShutdownGrace = TimeSpan.FromSeconds(5);

    /// <summary>Comes back within it, with its executors and all they keep, when the connection or the master is lost.</summary>
    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromMinutes(2);

    private readonly BroadcastStore _broadcasts = new();
    private readonly BlobServer _server;
    private readonly HttpClient _http;

    /// <exception cref="SparkException">No master answers, or a setting is wrong.</exception>
    public ClusterApplication(SparkConf conf, MasterUrl.Cluster cluster, ApplicationHooks hooks)
        : base(conf, ParallelismOf(conf, cluster.Masters), hooks)
    {
        _http = new HttpClient(AgentFilesHandler.OfMaster(cluster.Masters, MasterPatience, () => Scheduler!.Subscription.Framework.Id!.Value));
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _server = new BlobServer(token, Find, conf.GetInt("spark.driver.port", 0));
        var address = $"{conf.Get("spark.driver.host", AddressTowards(LeaderOf(cluster.Masters)))}:{_server.Port}";
        var memory = conf.GetSizeAsBytes("spark.executor.memory", 1L << 30, "m");
        var executor = new ExecutorSpec(new ExecutorId("spark"), $"executor of {conf.Get("spark.app.name")}",
            new CommandSpec([ProgramPath(conf)], new Dictionary<string, string>
            {
                [ExecutorSettings.Driver] = address,
                [ExecutorSettings.Token] = token,
                [Settings.Properties] = Settings.ToJson(conf),
                // In hexadecimal, as the runtime reads it: it collects garbage sooner rather than be ended for its memory.
                ["DOTNET_GCHeapHardLimit"] = (memory * 9 / 10).ToString("X"),
            }), Resources.FromScalars(0, memory), ShutdownGrace);
        var framework = new FrameworkInfo(null, conf.Get("spark.app.name"), Environment.UserName,
            Role: conf.Get("spark.mesos.role", FrameworkInfo.DefaultRole), FailoverTimeout: FailoverTimeout, Hostname: Dns.GetHostName());
        Jobs.Unpersisted += rdd => Tell(ExecutorMessage.ForgetRdd(rdd));
        _broadcasts.Removed += id => Tell(ExecutorMessage.ForgetBroadcast(id));
        Run(Options(conf, framework, executor, conf.GetInt("spark.task.maxFailures", 4)),
            scheduler => new ClusterLoop(scheduler, cluster.Masters, TimeProvider.System, new SchedulerDriverOptions()));
    }

    public override IBroadcastStore Broadcasts => _broadcasts;

    protected override async ValueTask StopAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    protected override byte[] Fetch(string location, long bytes)
    {
        try
        {
            return _http.GetByteArrayAsync(new Uri(location)).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is HttpRequestException or RpcException)
        {
            throw new SparkException($"a result of {bytes:N0} bytes cannot be fetched from {location}: {e.Message}", e);
        }
    }

    /// <summary>What executors ask for by name.</summary>
    private ReadOnlyMemory<byte>? Find(string name)
    {
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        var rest = name[(space + 1)..];
        return (space < 0 ? name : name[..space]) switch
        {
            "assembly" => UserAssemblies.Find(rest),
            "symbols" => UserAssemblies.Symbols(rest),
            "file" => SparkFiles.Find(rest),
            "broadcast" => _broadcasts.Find(name),
            _ => Jobs.Find(name),
        };
    }

    private void Tell(byte[] message) => Loop!.Post((_, calls) =>
    {
        foreach (var executor in Scheduler!.View().Executors)
            calls.Add(new SchedulerCall.Message(executor.AgentId, new ExecutorId("spark"), message));
    });

    /// <summary>As agents are to start it.</summary>
    private static string ProgramPath(SparkConf conf)
    {
        if (conf.GetOption("spark.mesos.executor.home") is { Length: > 0 } there)
            return Path.Combine(there, "bin", ExecutorProgram);
        if (Environment.GetEnvironmentVariable(Settings.Home) is { Length: > 0 } home)
            return Path.Combine(home, "bin", ExecutorProgram);
        if (OfEmbeddedCluster() is { } embedded)
            return Path.Combine(embedded, ExecutorProgram);
        // Looked up by the agents.
        return ExecutorProgram;
    }

    /// <summary>Where the commands are with which <c>agora up</c> was called.</summary>
    private static string? OfEmbeddedCluster()
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(MasterAddress.ClusterFile));
            return file.RootElement.TryGetProperty("commands", out var commands) ? commands.GetString() : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>This machine's address as the master sees it.</summary>
    private static Uri LeaderOf(MasterLocation masters) => Ask(masters, async client =>
    {
        await client.SnapshotAsync(withTasks: false);
        return client.Leader!;
    });

    private static string AddressTowards(Uri master)
    {
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(master.Host, master.Port);
            var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        }
        catch (SocketException)
        {
            return Dns.GetHostName();
        }
    }

    /// <summary>The processors of all agents that the master knows, within what the application may have.</summary>
    private static int ParallelismOf(SparkConf conf, MasterLocation masters)
    {
        var agents = Ask(masters, client => client.SnapshotAsync(withTasks: false)).Agents;
        var all = (int)Math.Min(agents.Sum(a => a.Info.Resources.MilliCpus) / 1_000, int.MaxValue);
        return Math.Max(2, conf.Contains("spark.cores.max") ? Math.Min(all, conf.GetInt("spark.cores.max", all)) : all);
    }

    private static T Ask<T>(MasterLocation masters, Func<OperatorClient, Task<T>> ask) => Task.Run(async () =>
    {
        await using var client = new OperatorClient(masters, MasterPatience, TimeProvider.System);
        try
        {
            return await ask(client);
        }
        catch (RpcException e)
        {
            throw new SparkException($"no master answers: {(object?)client.Leader ?? masters}: {e.Status.Detail}. Is the cluster up? See 'agora status'");
        }
    }).GetAwaiter().GetResult();
}
