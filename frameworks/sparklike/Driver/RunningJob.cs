using System.Collections.Concurrent;
using Agora.Spark.Scheduling;

namespace Agora.Spark.Driver;

/// <summary>A job as the thread that waits for it sees it.</summary>
internal sealed class RunningJob : IDisposable
{
    // Bounded by the job's partitions.
    private readonly BlockingCollection<(int Partition, ReadOnlyMemory<byte> Result)> _results = [];

    /// <summary>Why it has failed, once its results have ended.</summary>
    public JobFailure? Failure { get; private set; }

    public void Add(int partition, ReadOnlyMemory<byte> result) => _results.Add((partition, result));

    public void End(JobFailure? failure)
    {
        Failure = failure;
        _results.CompleteAdding();
    }

    /// <summary>Results as they arrive, until the job is over.</summary>
    public IEnumerable<(int Partition, ReadOnlyMemory<byte> Result)> Results() => _results.GetConsumingEnumerable();

    public void Dispose() => _results.Dispose();
}
