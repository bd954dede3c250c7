using Agora.Simulation;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>What the tasks have to do: the same on partitions and on the shared cluster, whoever draws first.</summary>
/// <param name="Seed">The run's.</param>
internal readonly record struct Work(ulong Seed)
{
    /// <summary>Deviation of a task's time, as part of its mean; normally distributed.</summary>
    public const double Spread = 0.25;

    /// <summary>
    /// What a map takes longer that reads its 64 MB over the network: of the paper's figure 7, see the experiment on locality.
    /// </summary>
    public static readonly TimeSpan Remote = TimeSpan.FromSeconds(8.96 - 4.78);

    public TimeSpan Draw(string mix, int job, char kind, int task, TimeSpan mean) =>
        Dice(mix, job, kind, task).Normal(mean, mean * Spread, mean / 4);

    /// <summary>Chance for this one task alone.</summary>
    public Dice Dice(string mix, int job, char kind, int task)
    {
        var hash = Seed;
        foreach (var part in (ReadOnlySpan<int>)[mix[0], mix.Length, job, kind, task])
            hash = (hash ^ (uint)part) * 0x9E3779B97F4A7C15 + (hash >> 29);
        return new Dice(hash);
    }
}
