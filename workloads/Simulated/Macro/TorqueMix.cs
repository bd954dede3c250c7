using Agora.Workloads.Simulated.Torque;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>Parallel ray tracing: each job wants all its processors at once, and takes as long wherever it runs.</summary>
internal sealed class TorqueMix : IMix
{
    public const string Small = "small-tachyon", Large = "large-tachyon";

    private const int Slots = 24;

    /// <summary>When the paper's jobs were submitted, read off its figure 5d.</summary>
    private static readonly (string Type, double At)[] Times =
        [(Large, 20), (Large, 75), (Small, 380), (Small, 440), (Small, 1220), (Small, 1250), (Small, 1285), (Small, 1310)];

    /// <summary>The paper's, on its static partition, where none had to wait.</summary>
    private static readonly TimeSpan SmallLength = TimeSpan.FromSeconds(261), LargeLength = TimeSpan.FromSeconds(822);

    private readonly MacroCluster _cluster;
    private readonly TorqueInstance _instance;
    private readonly Dictionary<string, (string Type, double At)> _submitted = [];

    public TorqueMix(MacroCluster cluster)
    {
        _cluster = cluster;
        _instance = new TorqueInstance(cluster.World, new FrameworkInfo(null, Name, Role: Name));
        cluster.Executors.Add(Name, _instance.Mom);
    }

    public string Name => "torque";
    public bool IsDone => _instance.Ended.Count == Times.Length;

    public IReadOnlyList<MacroJob> Jobs => [.. _submitted.Where(j => _instance.Ended.ContainsKey(j.Key))
        .Select(j => new MacroJob(Name, j.Value.Type, j.Value.At, MacroCluster.Seconds(_instance.Ended[j.Key])))];

    public OfferCounts Counts => _instance.Counts;

    /// <summary>How long the jobs waited for their processors, in seconds.</summary>
    public IEnumerable<double> Waits => _submitted.Select(j => MacroCluster.Seconds(_instance.Began[j.Key]) - j.Value.At);

    public void Start()
    {
        _instance.Start();
        foreach (var (type, at) in Times)
            _cluster.At(at, () => _submitted.Add(
                _instance.Submit(_cluster.Setup.Scaled(Slots), type == Large ? LargeLength : SmallLength), (type, at)));
    }
}
