using System.Collections.Concurrent;
using Agora.Spark.Closures;
using Agora.Spark.Records;
using Agora.Spark.Shuffle;
using Agora.Spark.Transfer;

namespace Agora.Spark.Executor;

/// <summary>Runs tasks on threads of this process, on an executor as well as in <c>local[N]</c>.</summary>
/// <param name="services">What tasks have at hand, given where they find their input.</param>
/// <param name="store">Puts a result that is too large to be sent somewhere, and says where.</param>
/// <param name="changes">Takes the changes of what is cached since it was last asked.</param>
internal sealed class TaskEngine(
    StageLibrary stages, Func<StagePlaces, ITaskServices> services, Func<TaskId, ReadOnlyMemory<byte>, string>? store,
    Func<IReadOnlyList<BlockChange>> changes)
{
    private readonly ConcurrentDictionary<TaskId, CancellationTokenSource> _running = [];
    private readonly TaskThreads _threads = new();

    /// <summary>Tasks that have not ended.</summary>
    public int Running => _running.Count;

    /// <summary>Runs a task; what is told last is how it ended, on its thread.</summary>
    public void Start(TaskId id, ReadOnlyMemory<byte> data, Action<TaskReport> ended)
    {
        var stop = new CancellationTokenSource();
        if (!_running.TryAdd(id, stop))
        {
            stop.Dispose();
            return;
        }
        _threads.Run(() =>
        {
            var report = Run(id, data, stop.Token) with { Blocks = changes() };
            _running.TryRemove(id, out var _);
            stop.Dispose();
            ended(report);
        });
    }

    public void Kill(TaskId id)
    {
        if (!_running.TryGetValue(id, out var stop))
            return;
        try
        {
            // On another thread: what the user registered to happen then may take its time.
            _ = stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    public static TaskState StateOf(TaskReport report) => report switch
    {
        TaskReport.Succeeded => TaskState.Finished,
        TaskReport.Killed => TaskState.Killed,
        _ => TaskState.Failed,
    };

    private TaskReport Run(TaskId id, ReadOnlyMemory<byte> data, CancellationToken stop)
    {
        try
        {
            var launch = TaskLaunch.From(data.Span);
            using var context = new TaskContext(launch.StageId, launch.Partition, launch.Attempt, services(stages.PlacesOf(launch)), stop);
            var outcome = stages.TaskOf(launch).Run(launch.Partition, context);
            return new TaskReport.Succeeded(Envelope(id, outcome.Result, context).ToBytes(), outcome.Output);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return new TaskReport.Killed();
        }
        catch (Exception e) when (FetchFailure(e) is { } failure)
        {
            return new TaskReport.FetchFailed(failure.ShuffleId, failure.MapPartition, failure.Location, failure.Message);
        }
        catch (Exception e)
        {
            return new TaskReport.Failed(TaskErrors.Of(e), IsFinal: e is ClosureException or CodecException);
        }
    }

    private ResultEnvelope Envelope(TaskId id, ReadOnlyMemory<byte> result, TaskContext context)
    {
        var accumulators = context.Accumulators.All is { Count: > 0 } all ? ClosureWriter.Write(all.ToArray()).Bytes : [];
        return store is null || result.Length <= ResultEnvelope.ResultBytesMax
            ? new ResultEnvelope(result, null, result.Length, accumulators, context.Metrics)
            : new ResultEnvelope(default, store(id, result), result.Length, accumulators, context.Metrics);
    }

    /// <summary>User's functions may have wrapped it.</summary>
    private static FetchFailedException? FetchFailure(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
            if (cause is FetchFailedException failure)
                return failure;
        return null;
    }
}
