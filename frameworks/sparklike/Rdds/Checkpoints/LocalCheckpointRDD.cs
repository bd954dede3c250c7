namespace Agora.Spark;

/// <summary>Stands for the lineage of a dataset whose partitions only executors have. What they lose is lost.</summary>
internal sealed class LocalCheckpointRDD<T>(RDD<T> kept) : RDD<T>(kept.Context)
{
    private readonly string _of = kept.ToString();
    private readonly int _count = kept.PartitionCount;

    internal override string ClassName => "LocalCheckpointRDD";

    /// <summary>Has each partition kept, those that no action has computed yet as well.</summary>
    public static LocalCheckpointRDD<T> Keep(RDD<T> rdd, CancellationToken stop)
    {
        rdd.Context.Run(rdd, static (_, records) => Counting.Of(records), stop: stop);
        return new LocalCheckpointRDD<T>(rdd);
    }

    protected override int CountPartitions() => _count;

    protected override IEnumerable<T> Compute(int partition, TaskContext context) => throw new SparkException(
        $"partition {partition} of {_of} is lost: it was checkpointed on executors alone (LocalCheckpoint), and the one that " +
        "kept it is gone or had no room. Use Checkpoint, or run the program again");
}
