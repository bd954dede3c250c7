namespace Agora.Workloads.Simulated.Locality;

/// <summary>One bar of the paper's figure 7, or one beside it.</summary>
/// <param name="IsStatic">Each instance has nodes of its own.</param>
/// <param name="Wait">How long a job waits for a node with its data.</param>
/// <param name="Hints">The instances tell the master where their data is.</param>
/// <param name="Maps">Blocks of the file, and so maps of each job.</param>
internal sealed record LocalitySetup(string Name, bool IsStatic, TimeSpan Wait, bool Hints, int Maps)
{
    public const int Instances = 16, Nodes = 93, Replicas = 3;

    /// <summary>Bytes of a block: Hadoop's of that time.</summary>
    public const long Block = 64 << 20;

    /// <summary>Maps of a 100 GB file.</summary>
    public const int FullMaps = 1600;

    public static readonly Resources Node = Resources.Of(4, 15 * 1024);

    /// <summary>
    /// A map beside its data and one that reads over the network. Both from the paper's figure 7: with 23.25 slots an
    /// instance, 1600 maps that took 338 s (97 % local) and 565 s (18 % local) took 4.91 s and 8.21 s each on average.
    /// </summary>
    public static readonly TimeSpan LocalMap = TimeSpan.FromSeconds(4.78), RemoteMap = TimeSpan.FromSeconds(8.96);

    /// <summary>Deviation of a map's time, as part of its mean.</summary>
    public const double Spread = 0.25;
}
