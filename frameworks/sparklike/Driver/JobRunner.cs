using System.Collections.Concurrent;
using Agora.Spark.Closures;
using Agora.Spark.Scheduling;
using Agora.Spark.Transfer;

namespace Agora.Spark.Driver;

/// <summary>
/// Runs actions' jobs on the application's scheduler: plans and ships their stages, and hands results to the threads that
/// wait for them. What executors fetch of a stage is kept as long as any job runs.
/// </summary>
/// <param name="count">Adds what tasks have added to accumulators.</param>
/// <param name="fetch">Gets a result that a task has left behind.</param>
/// <param name="warn">Tells the user, once, of what is likely wrong.</param>
internal sealed class JobRunner(
    StagePlanner planner, Action<IEnumerable<Accumulator>> count, Func<string, long, byte[]> fetch, Action<string> warn, Func<JobTags> tags)
    : IJobRunner, ITaskSource
{
    private readonly ConcurrentDictionary<int, RunningJob> _jobs = [];
    private readonly ConcurrentDictionary<string, byte[]> _shipped = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    /// <summary>Numbers of what is shipped, by the stage as it was planned: planned anew, its functions may be others.</summary>
    private readonly ConcurrentDictionary<StageSpec, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private int _lastJob = -1, _lastNumber = -1;
    private ISchedulerLoop? _loop;
    private SparkScheduler? _scheduler;

    public required int Parallelism { get; init; }

    /// <summary>Jobs that have begun and not ended.</summary>
    public int Running => _jobs.Count;

    public void Connect(SparkScheduler scheduler, ISchedulerLoop loop) => (_scheduler, _loop) = (scheduler, loop);

    /// <summary>What executors ask for: a stage, or where its input is.</summary>
    public ReadOnlyMemory<byte>? Find(string name) => _shipped.TryGetValue(name, out var bytes) ? bytes : null;

    public void Run<T, TResult>(
        RDD<T> rdd, Func<TaskContext, IEnumerable<T>, TResult> function, IReadOnlyList<int> partitions,
        Action<int, TResult> arrived, CallSite site, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var task = new ResultTask<T, TResult>(rdd, function);
        var stage = planner.Plan(rdd, task, site.ToString());
        var tag = tags();
        var spec = new JobSpec(Interlocked.Increment(ref _lastJob), tag.Description ?? site.ToString(), stage, partitions, tag.Group, tag.Pool);
        var places = partitions.Select((p, i) => (p, i)).ToDictionary(p => p.p, p => p.i);
        var job = new RunningJob();
        _jobs[spec.Id] = job;
        try
        {
            // Here, in the user's own call, so that what cannot be shipped is told at the user's line.
            Ship(stage, task);
        }
        catch
        {
            _jobs.TryRemove(spec.Id, out _);
            throw;
        }
        Post((now, calls) => _scheduler!.Submit(now, spec, calls));
        using var cancelled = stop.Register(() => Cancel(spec.Id, "it was cancelled by its program"));
        foreach (var (partition, report) in job.Results())
        {
            var envelope = ResultEnvelope.From(report);
            CountAccumulators(envelope);
            var bytes = envelope.Location is { } location ? fetch(location, envelope.ResultBytes) : envelope.Result;
            arrived(places[partition], Records.RecordCodec<TResult>.Default.Read(new Records.RecordReader(bytes)));
        }
        if (job.Failure is { } failure)
        {
            stop.ThrowIfCancellationRequested();
            throw JobFailures.ToException(failure);
        }
    }

    public void Cancel(int job, string reason) => Post((now, calls) => _scheduler!.Cancel(now, job, reason, calls));

    public void CancelGroup(string group, string reason) => Post((now, calls) => _scheduler!.CancelGroup(now, group, reason, calls));

    public void CancelAll(string reason) => Post((now, calls) => _scheduler!.CancelAll(now, reason, calls));

    public void Unpersist(int rddId, bool blocking)
    {
        var done = new TaskCompletionSource();
        Post((_, _) =>
        {
            _scheduler!.Unpersist(rddId);
            done.SetResult();
        });
        Unpersisted?.Invoke(rddId);
        if (blocking)
            done.Task.Wait();
    }

    /// <summary>Told of datasets that are no longer to be kept.</summary>
    public event Action<int>? Unpersisted;

    /// <summary>Told on the loop's thread that the last job has ended, before its caller goes on.</summary>
    public event Action? Idle;

    /// <summary>The loop has ended: whoever still waits, waits in vain.</summary>
    public void FailAll(string reason)
    {
        foreach (var job in _jobs.Values)
            job.End(new JobFailure(reason, null, null, null));
    }

    void ITaskSource.Starting(StageSpec stage, int stageAttempt, IReadOnlyDictionary<int, IReadOnlyList<MapOutput>> outputs,
        IReadOnlyDictionary<BlockId, IReadOnlyList<string>> cached)
    {
        if (!_numbers.ContainsKey(stage))
            Ship(stage, planner.TaskOf(stage));
        _shipped[Launch(stage, stageAttempt, 0, 0).PlacesName] = new StagePlaces(outputs, cached, [.. _scheduler!.View().Executors.Select(e => e.Address)]).ToBytes();
    }

    ReadOnlyMemory<byte> ITaskSource.DataOf(StageSpec stage, int stageAttempt, int partition, int attempt) =>
        Launch(stage, stageAttempt, partition, attempt).ToBytes();

    void ITaskSource.Result(JobSpec job, int partition, TaskReport.Succeeded report)
    {
        if (_jobs.TryGetValue(job.Id, out var running))
            running.Add(partition, report.Result);
    }

    void ITaskSource.Mapped(StageSpec stage, int partition, TaskReport.Succeeded report) =>
        CountAccumulators(ResultEnvelope.From(report.Result));

    void ITaskSource.Ended(JobSpec job, JobFailure? failure)
    {
        if (_jobs.TryRemove(job.Id, out var ended))
        {
            if (_jobs.IsEmpty)
                Idle?.Invoke();
            ended.End(failure);
        }
        if (!_jobs.IsEmpty)
            return;
        _shipped.Clear();
        _numbers.Clear();
    }

    private void Post(Action<DateTimeOffset, ICollection<SchedulerCall>> action) => _loop!.Post(action);

    private TaskLaunch Launch(StageSpec stage, int stageAttempt, int partition, int attempt) =>
        new(_numbers[stage], stageAttempt, partition, attempt);

    private void Ship(StageSpec stage, StageTask task)
    {
        var graph = ClosureWriter.Write(task);
        foreach (var warning in graph.Warnings)
            if (_warned.TryAdd(warning, true))
                warn(warning);
        var number = Interlocked.Increment(ref _lastNumber);
        _shipped[new TaskLaunch(number, 0, 0, 0).StageName] = graph.Bytes;
        _numbers[stage] = number;
    }

    private void CountAccumulators(ResultEnvelope envelope)
    {
        if (!envelope.Accumulators.IsEmpty)
            count((Accumulator[])ClosureReader.Read(envelope.Accumulators, LoadedAssemblies.Own));
    }
}

/// <summary>What a thread has said about the jobs it starts.</summary>
/// <param name="Description">For people; null for the line that starts it.</param>
internal sealed record JobTags(string? Group, string? Description, string Pool);
