using Agora.Workloads.Simulated.Spark;

namespace Agora.Workloads.Simulated.Iterative;

/// <summary>
/// Logistic regression over 29 GB on 20 nodes. The paper gives times of whole iterations only; what a task takes is ours,
/// fitted to one iteration of each kind. How the iterations add up, and where their tasks run, is found.
/// </summary>
internal static class IterativeSetup
{
    public const int Nodes = 20, Replicas = 3;

    public const long Block = 64 << 20;

    /// <summary>Blocks of 29 GB.</summary>
    public const int FullBlocks = 464;

    public static readonly Resources Node = Resources.Of(4, 15 * 1024);

    /// <summary>Hadoop: 464 maps on 80 slots in six rounds, with setup and the sum at the end 127 s an iteration.</summary>
    public static readonly TimeSpan JobSetup = TimeSpan.FromSeconds(10), Map = TimeSpan.FromSeconds(17.7), Reduce = TimeSpan.FromSeconds(6);

    /// <summary>Spark: to read and parse a block, and to go over it again in memory: 174 s and 6 s an iteration.</summary>
    public static readonly SparkTaskTime Task = new(TimeSpan.FromSeconds(27.5), TimeSpan.FromSeconds(0.8), 0);

    /// <summary>The driver sums up and sends the new weights out.</summary>
    public static readonly TimeSpan Driver = TimeSpan.FromSeconds(0.5);

    /// <summary>Deviation of a task's time, as part of its mean.</summary>
    public const double Spread = 0.1;

    /// <summary>Held for kept blocks: of 29 GB each node has 1.5 GB, as objects several times that.</summary>
    public const int ExecutorMib = 10 * 1024;
}
