using System.Text;
using Agora.Spark.Scheduling;

namespace Agora.Spark.Driver;

/// <summary>Says a job's failure to its user.</summary>
internal static class JobFailures
{
    private const int FramesShown = 5;

    public static SparkException ToException(JobFailure failure)
    {
        if (failure.Error is not { } error)
            return new SparkException(failure.Reason);
        var text = new StringBuilder(failure.Reason);
        var told = $"{error.Type}: {error.Message}";
        if (!failure.Reason.Contains(told, StringComparison.Ordinal))
            text.Append("\n  ").Append(told);
        foreach (var frame in error.Frames.Take(FramesShown))
            text.Append("\n    at ").Append(frame);
        if (failure.Partition is { } partition)
            text.Append("\n  in partition ").Append(partition);
        if (error.Record is { } record)
            text.Append("\n  at the record ").Append(record);
        return new SparkException(text.ToString(), error, failure.Partition);
    }
}
