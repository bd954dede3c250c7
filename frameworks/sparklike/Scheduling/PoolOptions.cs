namespace Agora.Spark.Scheduling;

/// <summary>A pool of jobs (<c>spark.scheduler.pool</c>).</summary>
/// <param name="Mode">Between the pool's own jobs.</param>
/// <param name="Weight">Its share beside other pools; more than 0.</param>
/// <param name="MinShare">Tasks it may have running before pools with more than theirs get any.</param>
public sealed record PoolOptions(SchedulingMode Mode = SchedulingMode.Fifo, int Weight = 1, int MinShare = 0)
{
    public static readonly PoolOptions Default = new();
}
