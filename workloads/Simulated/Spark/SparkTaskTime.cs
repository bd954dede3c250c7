namespace Agora.Workloads.Simulated.Spark;

/// <summary>What a task takes.</summary>
/// <param name="Fresh">Where its executor has not kept its input.</param>
/// <param name="Again">Where it has.</param>
/// <param name="Kept">The dataset whose partition of the task's number it reads and keeps; null if none.</param>
internal readonly record struct SparkTaskTime(TimeSpan Fresh, TimeSpan Again, int? Kept)
{
    /// <summary>Of a task that keeps nothing.</summary>
    public static implicit operator SparkTaskTime(TimeSpan time) => new(time, time, null);
}
