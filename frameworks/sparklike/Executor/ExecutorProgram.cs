using Agora.Sdk;
using Agora.Spark.Driver;
using Agora.Spark.Transfer;

namespace Agora.Spark.Executor;

/// <summary>The program <c>agora-spark-executor</c>, which agents start.</summary>
internal static class ExecutorProgram
{
    /// <summary>Runs under this process's agent until the end.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync()
    {
        if (Environment.GetEnvironmentVariable(ExecutorSettings.Driver) is not { Length: > 0 } driver ||
            Environment.GetEnvironmentVariable(ExecutorSettings.Token) is not { Length: > 0 } token)
        {
            await Console.Error.WriteLineAsync($"error: {ExecutorSettings.Driver} is not set\nwhy:   this program is started by agents, for an application\n" +
                "fix:   run a program of your own with spark-submit");
            return 2;
        }
        var conf = new SparkConf().SetAll(Settings.FromJson(Environment.GetEnvironmentVariable(Settings.Properties) ?? "{}"));
        var colon = driver.LastIndexOf(':');
        using var client = new BlobClient(driver[..colon], int.Parse(driver[(colon + 1)..]), token);
        var files = NodeFiles.OfAgent();
        var assemblies = new ShippedAssemblies(Path.Combine(files.Local, "assemblies"), client.Get);
        Records.TypeNames.FindAssembly = assemblies.Find;
        using var node = new ExecutorNode(conf, conf.GetSizeAsBytes("spark.executor.memory", 1L << 30, "m"), files,
            Application.StoresOf(conf, Environment.GetEnvironmentVariable(ExecutorEnvironment.Hostname)), client.Get);
        var agent = Environment.GetEnvironmentVariable(ExecutorEnvironment.AgentAddress)!;
        await using var peers = node.Peers = new PeerBlocks(files, agent, token, node.Blocks);
        var engine = new TaskEngine(new StageLibrary(client.Get, assemblies), node.ServicesFor, node.StoreResult, node.TakeChanges);
        var idle = conf.GetTime("spark.dynamicAllocation.executorIdleTimeout", TimeSpan.FromSeconds(60));
        using var executor = new SparkExecutor(node, engine, TimeProvider.System, idle,
            conf.GetTime("spark.dynamicAllocation.cachedExecutorIdleTimeout", TimeSpan.FromMinutes(20)));
        return await new ExecutorDriver(executor).RunAsync();
    }
}
