using Agora.Cluster;
using Agora.Hadoop.Jobs;
using Agora.Simulation;
using Agora.Workloads.Simulated.Hadoop;

namespace Agora.Workloads.Simulated.Locality;

/// <summary>Instances of Hadoop that each read the whole of a file that lies spread over all nodes.</summary>
internal static class LocalityWorld
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromHours(5);

    public static IReadOnlyList<LocalityMeasure> Run(LocalitySetup setup, ulong seed)
    {
        var splits = Spread(setup, new Dice(seed));
        if (!setup.IsStatic)
            return Run(setup, seed, splits, 0, LocalitySetup.Instances, [.. Enumerable.Range(0, LocalitySetup.Nodes)]);
        // Five or six nodes each.
        return [.. Enumerable.Range(0, LocalitySetup.Instances).SelectMany(i => Run(setup, seed + (ulong)i + 1, splits, i, 1,
            [.. Enumerable.Range(0, LocalitySetup.Nodes).Where(n => n % LocalitySetup.Instances == i)]))];
    }

    private static List<InputSplit> Spread(LocalitySetup setup, Dice dice) => [.. Enumerable.Range(0, setup.Maps).Select(block =>
    {
        HashSet<string> hosts = [];
        while (hosts.Count < LocalitySetup.Replicas)
            hosts.Add(Host(dice.Between(0, LocalitySetup.Nodes - 1)));
        return new InputSplit("hdfs://store/file", block * LocalitySetup.Block, LocalitySetup.Block, [.. hosts], block);
    })];

    private static string Host(int node) => $"node{node + 1}";

    /// <summary>A cluster of some of the nodes, and the instances that share it.</summary>
    private static List<LocalityMeasure> Run(LocalitySetup setup, ulong seed, IReadOnlyList<InputSplit> splits, int first, int count,
        IReadOnlyList<int> nodes)
    {
        var world = new World(seed, new MasterOptions()) { ChecksMaster = false };
        world.Master.Start();
        foreach (var node in nodes)
            world.AddAgent(Host(node), LocalitySetup.Node, "rack1").Start();
        TimeSpan Duration(TaskSpec task)
        {
            var mean = task.Labels!["locality"] == "node" ? LocalitySetup.LocalMap : LocalitySetup.RemoteMap;
            return world.Dice.Normal(mean, mean * LocalitySetup.Spread, mean / 4);
        }

        List<HadoopInstance> instances = [.. Enumerable.Range(first, count)
            .Select(i => new HadoopInstance(world, new FrameworkInfo(null, $"hadoop{i + 1}"), Duration, setup.Hints))];
        foreach (var instance in instances)
            instance.Start();
        world.Run(Settle);
        var conf = new Dictionary<string, string>
        {
            [JobConf.ReduceTasks] = "0",
            [JobConf.NodeWaitMs] = $"{setup.Wait.TotalMilliseconds:0}",
            // Amazon's network shows no racks: from a node on, all is alike.
            [JobConf.RackWaitMs] = "0",
            // A second attempt would count as a map of its own.
            [JobConf.SpeculateMaps] = "false",
        };
        var submitted = world.Events.Now;
        List<JobId> jobs = [.. instances.Select(i => i.Submit(conf, splits))];
        if (!world.Run(Patience, () => instances.TrueForAll(i => i.Ended.Count == 1)))
            throw new WrongOutputException($"a job does not end with {setup.Name}");
        return [.. instances.Select((instance, i) => Measure(instance, jobs[i], first + i, submitted))];
    }

    private static LocalityMeasure Measure(HadoopInstance instance, JobId job, int index, DateTimeOffset submitted)
    {
        var counters = instance.Status(job).Counters[CounterNames.Job];
        var launched = (double)counters[CounterNames.LaunchedMaps];
        return new LocalityMeasure(index, counters.GetValueOrDefault(CounterNames.DataLocalMaps) / launched,
            (instance.Ended[job] - submitted).TotalSeconds, instance.Counts.Declined / launched);
    }
}
