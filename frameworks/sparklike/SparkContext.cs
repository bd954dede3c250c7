namespace Agora.Spark;

/// <summary>An application's way to the cluster: makes datasets and runs jobs.</summary>
public sealed class SparkContext
{
    private int _rdds = -1, _shuffles = -1;

    internal int NextRddId() => Interlocked.Increment(ref _rdds);

    internal int NextShuffleId() => Interlocked.Increment(ref _shuffles);
}
