namespace Agora.Workloads.Simulated.Scale;

/// <summary>The paper's section 7.5, and what it leaves open.</summary>
/// <param name="Filling">Time in which agents and frameworks come.</param>
internal sealed record ScaleOptions(int Agents, int Frameworks, TimeSpan Filling)
{
    public static readonly Resources Agent = Resources.Of(2, 2048), Task = Resources.Of(1, 1024);
    public static readonly TimeSpan Mean = TimeSpan.FromSeconds(30), Deviation = TimeSpan.FromSeconds(10),
        Least = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan ProbeTask = TimeSpan.FromSeconds(10);

    /// <summary>Probes of one run, one after the other.</summary>
    public const int Probes = 5;
}
