using System.Threading.Channels;
using Agora.Spark.Scheduling;

namespace Agora.Spark.Driver;

/// <summary>A job as the thread that waits for it sees it.</summary>
internal sealed class RunningJob
{
    // Bounded by the job's partitions.
    private readonly Channel<(int Partition, ReadOnlyMemory<byte> Result)> _results =
        Channel.CreateUnbounded<(int, ReadOnlyMemory<byte>)>(new UnboundedChannelOptions { SingleReader = true });

    private JobFailure? _failure;

    /// <summary>Why it has failed, once its results have ended.</summary>
    public JobFailure? Failure => Volatile.Read(ref _failure);

    public void Add(int partition, ReadOnlyMemory<byte> result) => _results.Writer.TryWrite((partition, result));

    /// <summary>It may be told twice, by the scheduler and by the application's end: the first counts.</summary>
    public void End(JobFailure? failure)
    {
        if (failure is not null)
            Interlocked.CompareExchange(ref _failure, failure, null);
        _results.Writer.TryComplete();
    }

    /// <summary>Results as they arrive, until the job is over.</summary>
    public IEnumerable<(int Partition, ReadOnlyMemory<byte> Result)> Results()
    {
        while (_results.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_results.Reader.TryRead(out var result))
                yield return result;
        }
    }
}
