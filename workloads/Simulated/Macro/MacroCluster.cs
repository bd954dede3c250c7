using Agora.Simulation;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>What a mix runs on.</summary>
/// <param name="Hosts">The nodes whose disks hold its data: those of the cluster it is part of.</param>
/// <param name="Executors">Of frameworks, by name, whose executors do more than let time pass.</param>
internal sealed record MacroCluster(World World, Work Work, MacroSetup Setup, IReadOnlyList<string> Hosts,
    Dictionary<string, Func<SimContainer, ISimExecutor>> Executors)
{
    /// <summary>Seconds since the beginning.</summary>
    public double Now => Seconds(World.Events.Now);

    public static double Seconds(DateTimeOffset time) => (time - EventQueue.Start - MacroWorld.Settle).TotalSeconds;

    public void At(double seconds, Action action) =>
        World.Events.At(EventQueue.Start + MacroWorld.Settle + TimeSpan.FromSeconds(seconds), action);
}
