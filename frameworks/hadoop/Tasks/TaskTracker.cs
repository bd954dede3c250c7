using System.Collections.Concurrent;
using System.Text.Json;
using Agora.Hadoop.Jobs;
using Agora.Sdk;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Hadoop's executor: runs map and reduce attempts, each a task of the cluster, tells the JobTracker how far they are,
/// and ends those that have been silent for <c>mapred.task.timeout</c>. With nothing to run for a while it ends, so that
/// others may have what it holds; the next attempt brings another one.
/// </summary>
public sealed class TaskTracker(AttemptRunner runner, TimeProvider time, TimeSpan idleMax) : IExecutor, IDisposable
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TaskId, Running> _running = [];
    private ITimer? _timer;
    private long _lastBusy = time.GetTimestamp();
    private volatile bool _ending;

    private sealed class Running(TaskAssignment assignment, TimeProvider time) : IDisposable
    {
        public TaskAssignment Assignment { get; } = assignment;
        public MapOutputFeed? Outputs { get; } = assignment.MapOutputs is { } first ? new MapOutputFeed(first) : null;
        public AttemptProgressSink Progress { get; } = new(time);
        public CancellationTokenSource Stop { get; } = new();
        public TimeSpan Timeout { get; } = new JobConf(assignment.Job.Conf).Milliseconds("mapred.task.timeout");

        /// <summary>Set if it is ended for having been silent too long.</summary>
        public volatile bool TimedOut;

        public (double, string?) Reported { get; set; }

        public void Dispose() => Stop.Dispose();
    }

    public void Subscribed(ExecutorDriver driver, ExecutorEvent.Subscribed e) =>
        _timer ??= time.CreateTimer(_ => Report(driver), null, ReportInterval, ReportInterval);

    public void Launch(ExecutorDriver driver, TaskSpec task)
    {
        TaskAssignment assignment;
        try
        {
            assignment = JsonSerializer.Deserialize(task.Data.Span, JobsJson.Default.TaskAssignment)
                ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            driver.Update(task.Id, TaskState.Error, $"the assignment cannot be read: {e.Message}",
                reason: StatusReason.TaskInvalid);
            return;
        }
        var running = new Running(assignment, time);
        if (!_running.TryAdd(task.Id, running))
            return;
        if (_ending)
        {
            _running.TryRemove(task.Id, out _);
            running.Dispose();
            driver.Update(task.Id, TaskState.Killed, "the TaskTracker was about to end for want of work");
            return;
        }
        driver.Update(task.Id, TaskState.Running);
        _ = RunAsync(driver, task.Id, running);
    }

    public void Kill(ExecutorDriver driver, TaskId task, TimeSpan grace)
    {
        if (_running.TryGetValue(task, out var running))
            running.Stop.Cancel();
    }

    public void Message(ExecutorDriver driver, ReadOnlyMemory<byte> data)
    {
        var order = JsonSerializer.Deserialize(data.Span, JobsJson.Default.TrackerOrder);
        if (order?.ForgetJob is { } ended && JobId.TryParse(ended, out var job))
            _ = Task.Run(() => runner.Forget(job));
        if (order?.Outputs is not { } told)
            return;
        foreach (var running in _running.Values)
            if (running.Outputs is { } feed && AttemptId.Parse(running.Assignment.Attempt).Task.Job.ToString() == told.Job)
                feed.Tell(told.Outputs);
    }

    public void Shutdown(ExecutorDriver driver, TimeSpan grace)
    {
        foreach (var running in _running.Values)
            running.Stop.Cancel();
    }

    public void Dispose() => _timer?.Dispose();

    private async Task RunAsync(ExecutorDriver driver, TaskId id, Running running)
    {
        try
        {
            var result = await runner.RunAsync(running.Assignment, running.Outputs, running.Progress, running.Stop.Token);
            driver.Update(id, result.Succeeded ? TaskState.Finished : TaskState.Failed, result.Message,
                JsonSerializer.SerializeToUtf8Bytes(result.Report, JobsJson.Default.AttemptReport));
        }
        catch (OperationCanceledException)
        {
            if (running.TimedOut)
            {
                driver.Update(id, TaskState.Failed,
                    $"Task {id} failed to report status for {running.Timeout.TotalSeconds:0} seconds. Killing!");
            }
            else
            {
                driver.Update(id, TaskState.Killed);
            }
        }
        catch (Exception e)
        {
            driver.Update(id, TaskState.Failed, $"the TaskTracker could not run it: {e.Message}");
        }
        finally
        {
            _running.TryRemove(id, out _);
            running.Dispose();
        }
    }

    private void Report(ExecutorDriver driver)
    {
        if (!_running.IsEmpty)
            Volatile.Write(ref _lastBusy, time.GetTimestamp());
        else if (!_ending && time.GetElapsedTime(Volatile.Read(ref _lastBusy)) > idleMax)
            End(driver);
        List<AttemptProgress> changed = [];
        foreach (var (id, running) in _running)
        {
            if (running.Timeout > TimeSpan.Zero && running.Progress.Idle > running.Timeout)
                End(running);
            var now = (running.Progress.Fraction, running.Progress.Status);
            var known = running.Outputs?.KnownOfMore;
            // A reduce that waits for maps is silent for no fault of its own.
            if (known is not null)
                running.Progress.Active();
            if (now == running.Reported && known is null)
                continue;
            running.Reported = now;
            changed.Add(new AttemptProgress(id.ToString(), now.Fraction, now.Status, known));
        }
        if (changed.Count > 0)
        {
            driver.SendMessage(JsonSerializer.SerializeToUtf8Bytes(
                new TrackerProgress(changed), JobsJson.Default.TrackerProgress));
        }
    }

    private void End(ExecutorDriver driver)
    {
        _ending = true;
        // One that was launched at this moment sees the mark, or is seen here.
        if (_running.IsEmpty)
            driver.Stop();
        else
            _ending = false;
    }

    private static void End(Running running)
    {
        running.TimedOut = true;
        try
        {
            running.Stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself at the same moment.
        }
    }
}
