using Agora.Cluster;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Model;

/// <summary>One run of a cell: as many agents as the framework is entitled to, one slot each, all held when it comes.</summary>
internal static class ModelWorld
{
    public static readonly Resources Slot = Resources.Of(1, 1024);

    /// <summary>Time for the resident's tasks to start in, before any of them may end.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Quiet = TimeSpan.FromDays(100);

    public static ModelMeasure Run(ModelSetup setup, ulong seed)
    {
        // Nothing fails here, and looking after agents every few seconds would only make the simulation slow.
        var world = new World(seed, new MasterOptions { PingInterval = Quiet, HeartbeatInterval = Quiet }) { ChecksMaster = false };
        world.Master.Start();
        for (var i = 1; i <= setup.Slots; i++)
            world.AddAgent($"node{i}", Slot, "rack1").Start();
        var resident = new ResidentScheduler(world, setup);
        world.AddScheduler(resident).Start();
        if (!world.Run(Settle, () => resident.HoldsAll))
            throw new WrongOutputException("the resident framework has not filled the cluster");
        world.Run(EventQueue.Start + Settle - world.Events.Now);
        var newcomer = new NewcomerScheduler(world, setup);
        var came = world.Events.Now;
        world.AddScheduler(newcomer).Start();
        if (!world.Run(ModelSetup.Length * 1000, () => newcomer.IsDone))
            throw new WrongOutputException("the framework's job does not end");
        return newcomer.Measure(came);
    }
}
