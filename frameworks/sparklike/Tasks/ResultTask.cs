namespace Agora.Spark;

/// <summary>A task of an action: applies its function to a partition.</summary>
internal sealed class ResultTask<T, TResult>(RDD<T> rdd, Func<TaskContext, IEnumerable<T>, TResult> function) : StageTask(rdd)
{
    private protected override TaskOutcome RunCore(int partition, TaskContext context)
    {
        var result = function(context, ((RDD<T>)Last).Iterator(partition, context));
        return new TaskOutcome(RecordBytes.Of(result), Output: null);
    }
}
