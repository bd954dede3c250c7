using System.Globalization;
using Agora.Cluster;
using Agora.Hadoop.Jobs;
using Agora.Simulation;
using Agora.Workloads.Simulated.Hadoop;
using Agora.Workloads.Simulated.Spark;

namespace Agora.Workloads.Simulated.Iterative;

/// <summary>Iterations one after the other, on a cluster that has nothing else to do.</summary>
internal static class IterativeWorld
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromHours(5), NodeWait = TimeSpan.FromSeconds(3);

    /// <summary>Each iteration a job that reads all from the disks.</summary>
    /// <returns>Seconds from the beginning to the end of each iteration.</returns>
    public static IReadOnlyList<double> Hadoop(int iterations, int blocks, ulong seed)
    {
        List<double> ends = [];
        var world = Cluster(seed, null);
        var hosts = Spread(blocks, seed);
        HadoopInstance? instance = null;
        var conf = new Dictionary<string, string>
        {
            [JobConf.ReduceTasks] = "1",
            [JobConf.SlowStart] = "1",
            [JobConf.NodeWaitMs] = NodeWait.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            [JobConf.RackWaitMs] = "0",
            [JobConf.SpeculateMaps] = "false",
            [JobConf.SpeculateReduces] = "false",
        };
        void Submit() => world.Events.After(IterativeSetup.JobSetup, () => instance!.Submit(conf,
            [.. hosts.Select((on, i) => new InputSplit("hdfs://store/points", i * IterativeSetup.Block, IterativeSetup.Block, on, i))]));

        instance = new HadoopInstance(world, new FrameworkInfo(null, "hadoop"),
            task => Draw(world.Dice, AttemptId.Parse(task.Id.Value).Task.Kind == TaskKind.Map ? IterativeSetup.Map : IterativeSetup.Reduce), hints: true)
        {
            JobEnded = _ =>
            {
                ends.Add(Seconds(world));
                if (ends.Count < iterations)
                    Submit();
            },
        };
        instance.Start();
        world.Run(Settle);
        Submit();
        if (!world.Run(Patience, () => ends.Count == iterations))
            throw new WrongOutputException($"Hadoop does not end iteration {ends.Count + 1}");
        return ends;
    }

    /// <summary>One application that keeps what it has read.</summary>
    /// <returns>Seconds from the beginning to the end of each iteration; and tasks that met their block in memory.</returns>
    public static (IReadOnlyList<double> Ends, double InMemory) Spark(int iterations, int blocks, ulong seed)
    {
        List<double> ends = [];
        SparkInstance? instance = null;
        var world = Cluster(seed, container => instance!.Executor(container));
        var hosts = Spread(blocks, seed);
        instance = new SparkInstance(world, new FrameworkInfo(null, "spark"), IterativeSetup.ExecutorMib, TimeSpan.Zero,
            (iteration, block) => Time(new Dice(Runs.Seed(seed, iteration * blocks + block))), hints: true);
        void Iterate() => instance.Run(ends.Count, blocks, block => hosts[block], () => world.Events.After(IterativeSetup.Driver, () =>
        {
            ends.Add(Seconds(world));
            if (ends.Count < iterations)
                Iterate();
        }));

        instance.Start();
        world.Run(Settle);
        Iterate();
        if (!world.Run(Patience, () => ends.Count == iterations))
            throw new WrongOutputException($"Spark does not end iteration {ends.Count + 1}");
        return (ends, instance.Kept.Again / (double)Math.Max(1, (iterations - 1) * blocks));
    }

    private static World Cluster(ulong seed, Func<SimContainer, ISimExecutor?>? executors)
    {
        var world = new World(seed, new MasterOptions()) { ChecksMaster = false, Executors = executors };
        world.Master.Start();
        for (var i = 1; i <= IterativeSetup.Nodes; i++)
            world.AddAgent($"node{i}", IterativeSetup.Node, "rack1").Start();
        return world;
    }

    private static List<string[]> Spread(int blocks, ulong seed)
    {
        var dice = new Dice(seed);
        return [.. Enumerable.Range(0, blocks).Select(_ =>
        {
            HashSet<string> hosts = [];
            while (hosts.Count < IterativeSetup.Replicas)
                hosts.Add($"node{dice.Between(1, IterativeSetup.Nodes)}");
            return hosts.ToArray();
        })];
    }

    private static double Seconds(World world) => (world.Events.Now - EventQueue.Start - Settle).TotalSeconds;

    private static SparkTaskTime Time(Dice dice) => IterativeSetup.Task with
    {
        Fresh = Draw(dice, IterativeSetup.Task.Fresh),
        Again = Draw(dice, IterativeSetup.Task.Again),
    };

    private static TimeSpan Draw(Dice dice, TimeSpan mean) => dice.Normal(mean, mean * IterativeSetup.Spread, mean / 4);
}
