using System.Collections.Concurrent;
using Agora.Sdk;
using Agora.Spark.Scheduling;
using Agora.Spark.Transfer;

namespace Agora.Spark.Executor;

/// <summary>
/// An application's executor on one agent: runs its tasks, keeps what they cache between them, and ends when it has had
/// nothing to do for a while, so that others may have its memory.
/// </summary>
/// <param name="idleMax">How long it stays without tasks while it keeps nothing for later ones.</param>
/// <param name="idleMaxCached">The same while it does.</param>
internal sealed class SparkExecutor(
    ExecutorNode node, TaskEngine engine, TimeProvider time, TimeSpan idleMax, TimeSpan idleMaxCached) : IExecutor, IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Tasks that are not said to run yet: most are over before anybody would look.</summary>
    private readonly ConcurrentDictionary<TaskId, long> _quiet = [];
    private ITimer? _timer;
    private long _lastBusy = time.GetTimestamp();

    public void Subscribed(ExecutorDriver driver, ExecutorEvent.Subscribed e) =>
        _timer ??= time.CreateTimer(_ => Check(driver), null, CheckInterval, CheckInterval);

    public void Launch(ExecutorDriver driver, TaskSpec task)
    {
        _quiet[task.Id] = time.GetTimestamp();
        engine.Start(task.Id, task.Data, report => Ended(driver, task.Id, report));
    }

    public void Kill(ExecutorDriver driver, TaskId task, TimeSpan grace) => engine.Kill(task);

    public void Message(ExecutorDriver driver, ReadOnlyMemory<byte> data) =>
        ExecutorMessage.Read(data.Span, node.Forget, node.ForgetBroadcast);

    public void Shutdown(ExecutorDriver driver, TimeSpan grace)
    {
        node.RemoveFiles();
        driver.Stop();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        node.Dispose();
    }

    private void Ended(ExecutorDriver driver, TaskId task, TaskReport report)
    {
        Volatile.Write(ref _lastBusy, time.GetTimestamp());
        _quiet.TryRemove(task, out _);
        var message = report switch
        {
            TaskReport.Failed failed => $"{failed.Error.Type}: {failed.Error.Message}",
            TaskReport.FetchFailed fetch => fetch.Error,
            _ => "",
        };
        driver.Update(task, TaskEngine.StateOf(report), message, TaskReportForm.Write(report));
    }

    private void Check(ExecutorDriver driver)
    {
        foreach (var (task, since) in _quiet)
            if (time.GetElapsedTime(since) > CheckInterval && _quiet.TryRemove(task, out _))
                driver.Update(task, TaskState.Running);
        if (engine.Running > 0)
            Volatile.Write(ref _lastBusy, time.GetTimestamp());
        else if (time.GetElapsedTime(Volatile.Read(ref _lastBusy)) > (node.KeepsBlocks ? idleMaxCached : idleMax))
            driver.Stop();
    }
}
