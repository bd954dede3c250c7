namespace Agora.Workloads.Simulated.Macro;

/// <summary>The paper's tables 4 and 5.</summary>
internal static class PaperFigures
{
    public const string Table4Source = "Mesos paper, table 4";

    /// <summary>Sums of the jobs' times in seconds, on partitions and shared.</summary>
    public static readonly IReadOnlyList<(string Framework, double Static, double Shared, double SpeedUp)> Table4 =
    [
        (MacroWorld.Facebook, 7235, 6319, 1.14),
        (MacroWorld.Large, 3143, 1494, 2.10),
        (MacroWorld.Spark, 1684, 1338, 1.26),
        (MacroWorld.Torque, 3210, 3352, 0.96),
    ];

    /// <summary>Means of the jobs' times in seconds on partitions, and speed-ups.</summary>
    public static readonly IReadOnlyList<(string Type, double Static, double SpeedUp)> Table5 =
    [
        ("selection-1", 24, 0.84),
        ("text-search-2", 31, 0.90),
        ("aggregation-3", 82, 0.94),
        ("selection-4", 65, 1.40),
        ("aggregation-5", 192, 1.26),
        ("selection-6", 136, 1.71),
        ("text-search-7", 137, 2.14),
        ("join-8", 662, 1.35),
        (HadoopType.Large.Name, 314, 2.21),
        (SparkMix.Job, 337, 1.36),
        (TorqueMix.Small, 261, 0.91),
        (TorqueMix.Large, 822, 0.88),
    ];
}
