using Agora.Spark.Closures;
using Agora.Spark.Executor;

namespace Agora.Spark.Driver;

/// <summary>An application in one process: tasks are shipped as bytes all the same, so that they do what they would on a cluster.</summary>
internal sealed class LocalApplication : Application
{
    private readonly ExecutorNode _node;
    private readonly BroadcastStore _broadcasts = new();

    public LocalApplication(SparkConf conf, MasterUrl.Local master, ApplicationHooks hooks)
        : base(conf, master.Cores, hooks)
    {
        _node = new ExecutorNode(conf, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, NodeFiles.InProcess(conf), Stores, name => (name.StartsWith("file ", StringComparison.Ordinal) ? SparkFiles.Find(name["file ".Length..]) : _broadcasts.Find(name))?.ToArray());
        var executor = new ExecutorId("driver");
        var engine = new TaskEngine(new StageLibrary(name => Jobs.Find(name)?.ToArray(), LoadedAssemblies.Own), _node.ServicesFor, null, _node.TakeChanges);
        Jobs.Unpersisted += _node.Forget;
        Run(Options(conf, new FrameworkInfo(null, conf.Get("spark.app.name")),
                new ExecutorSpec(executor, "local", new CommandSpec(["local"]), Resources.Empty, TimeSpan.Zero), master.TaskFailures),
            scheduler => new LocalCluster(scheduler, engine, executor, master.Cores, TimeProvider.System));
    }

    public override IBroadcastStore Broadcasts => _broadcasts;

    protected override ValueTask StopAsync()
    {
        _node.RemoveFiles();
        _node.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override byte[] Fetch(string location, long bytes) => throw new InvalidOperationException("results stay in the process");
}
