using System.Collections.Concurrent;
using Agora.Hadoop.Jobs;
using Agora.Sdk;

namespace Agora.Hadoop.Service;

/// <summary>
/// The JobTracker with its effects wired up: a scheduler for a driver, and what users ask of it, from any thread.
/// </summary>
public sealed class JobTrackerLoop : IScheduler, IDisposable
{
    /// <summary>Delivers an action to the loop that owns the scheduler, as <see cref="SchedulerDriver.Post"/> does.</summary>
    public delegate void Poster(Action<DateTimeOffset, ICollection<SchedulerCall>> action);

    private static readonly TimeSpan BusyRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the journal is tried while its disk is full.</summary>
    private static readonly TimeSpan StuckRetry = TimeSpan.FromMilliseconds(500);

    private readonly JobTracker _tracker;
    private readonly EffectRunner _effects;
    private readonly JobTrackerJournal? _journal;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly ConcurrentDictionary<JobId, TaskCompletionSource<(JobAccepted?, JobRefusal?)>> _submissions = [];
    private Poster _post = _ => throw new InvalidOperationException("the JobTracker has not been started");
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Ends when the journal cannot be written; another takes its place when it can.</summary>
    private volatile TaskCompletionSource<JournalStuckException> _stuck = NewStuckSignal();

    /// <param name="journal">What a former life left is taken up from it; null keeps nothing for a next one.</param>
    public JobTrackerLoop(
        JobTracker tracker, UserStores stores, JobTrackerJournal? journal, TimeProvider time, Action<string> log)
    {
        _tracker = tracker;
        _time = time;
        _log = log;
        _journal = journal;
        _effects = new EffectRunner(stores, e => _ = PostAsync(e), Prepared, time, log);
        tracker.Restore(time.GetUtcNow(), journal?.Read() ?? []);
    }

    public SchedulerCall.Subscribe Subscription => _tracker.Subscription;
    public DateTimeOffset? NextDeadline => _tracker.NextDeadline;

    /// <summary>To be called before anything else with the driver's door, and again with that of a new driver.</summary>
    public void Use(Poster post) => _post = post;

    /// <summary>Shows the jobs on the dashboard while a driver runs.</summary>
    public PagePublisher Show(SchedulerDriver driver) => new(driver.Post, _time, _ => DashboardPage.Of(_tracker));

    /// <summary>The master has ended the framework: the jobs go on as a new one, under a new driver.</summary>
    public void SubscribeAnew(FrameworkId id)
    {
        _tracker.SubscribeAnew(id, _time.GetUtcNow());
        AfterStep();
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        _tracker.Handle(now, e, calls);
        AfterStep();
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        _tracker.Tick(now, calls);
        AfterStep();
    }

    /// <summary>Null once all ids are used up.</summary>
    /// <exception cref="JournalStuckException">Nothing can be asked of it now.</exception>
    public Task<JobId?> ReserveJobIdAsync() => AskAsync(t => t.ReserveJobId(_time.GetUtcNow().ToLocalTime()));

    /// <summary>Submits a job and waits until its input is cut, or it is refused.</summary>
    /// <exception cref="JournalStuckException">Nothing can be asked of it now; the job is not taken.</exception>
    public async Task<(JobAccepted? Accepted, JobRefusal? Refusal)> SubmitAsync(JobId id, JobSubmission job)
    {
        var problems = new JobConf(job.Conf).Problems();
        if (problems.Count > 0)
            return (null, new JobRefusal(RefusalKind.Invalid, string.Join("; ", problems)));
        ThrowIfStuck(_stuck.Task);
        // A client that lost the answer asks again: the same job under the same id is the same submission.
        var waiting = _submissions.GetOrAdd(id, _ => new TaskCompletionSource<(JobAccepted?, JobRefusal?)>(
            TaskCreationOptions.RunContinuationsAsynchronously));
        if (await AskAsync(t => t.Accepted(id)) is { } accepted)
        {
            _submissions.TryRemove(id, out _);
            return (accepted, null);
        }
        await PostAsync(new JobTrackerEvent.Submitted(id, job));
        return await waiting.Task;
    }

    public Task<JobStatus?> StatusAsync(JobId id) => AskAsync(t => t.Status(id));

    public Task<IReadOnlyList<JobStatus>> StatusesAsync() => AskAsync(t => t.Statuses());

    /// <summary>The job's status once it is newer than a version or the time is over.</summary>
    public async Task<JobStatus?> StatusAfterAsync(JobId id, long version, TimeSpan patience, CancellationToken stop)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            var status = await StatusAsync(id);
            var left = patience - _time.GetElapsedTime(start);
            if (status is null || status.Version > version || left <= TimeSpan.Zero)
                return status;
            await Task.WhenAny(changed, Task.Delay(left, _time, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    public Task<JobTasks?> TasksAsync(JobId id) => AskAsync(t => t.Tasks(id));

    public Task<IReadOnlyList<TrackerStatus>> TrackersAsync() => AskAsync(t => t.Trackers());

    public Task KillAsync(JobId id) => PostAsync(new JobTrackerEvent.Kill(id));

    public Task KillAttemptAsync(AttemptId id, bool asFailed) => PostAsync(new JobTrackerEvent.KillAttempt(id, asFailed));

    public Task SetPriorityAsync(JobId id, string priority) => PostAsync(new JobTrackerEvent.SetPriority(id, priority));

    public void Dispose() => _effects.Dispose();

    private void Prepared(JobId id, JobAccepted? accepted, JobRefusal? refusal)
    {
        if (_submissions.TryRemove(id, out var waiting))
            waiting.SetResult((accepted, refusal));
    }

    private Task PostAsync(JobTrackerEvent e) => PostAsync((now, calls) =>
    {
        _tracker.Handle(now, e, calls);
        AfterStep();
    });

    private async Task<T> AskAsync<T>(Func<JobTracker, T> ask)
    {
        var stuck = _stuck.Task;
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync((_, _) =>
        {
            var told = ask(_tracker);
            KeepAndRun();
            answer.SetResult(told);
        });
        if (await Task.WhenAny(answer.Task, stuck) == stuck)
            ThrowIfStuck(stuck);
        return await answer.Task;
    }

    private static void ThrowIfStuck(Task<JournalStuckException> stuck)
    {
        if (stuck.IsCompleted)
            throw new JournalStuckException(stuck.Result.Message, stuck.Result);
    }

    /// <summary>Waits for room at the door: an event of the store's must not be lost.</summary>
    private async Task PostAsync(Action<DateTimeOffset, ICollection<SchedulerCall>> action)
    {
        while (true)
        {
            try
            {
                _post(action);
                return;
            }
            catch (InvalidOperationException)
            {
                await Task.Delay(BusyRetry, _time);
            }
        }
    }

    private void AfterStep()
    {
        KeepAndRun();
        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
    }

    /// <summary>What has changed is in the journal before anybody hears of it.</summary>
    /// <remarks>A question alone is no news: whoever waits for some asks, and would wake himself.</remarks>
    private void KeepAndRun()
    {
        var (records, forgotten) = _tracker.TakeRecords();
        if (records.Count > 0 || forgotten.Count > 0)
            WriteDown(records, forgotten);
        _effects.Run(_tracker.TakeEffects());
    }

    /// <summary>
    /// Holds everything up until the journal takes it: with a full disk the JobTracker stands still rather than do what
    /// it could not take up again.
    /// </summary>
    private void WriteDown(IReadOnlyList<JobTrackerRecord> records, IReadOnlyList<JobId> forgotten)
    {
        while (true)
        {
            try
            {
                _journal?.Write(records, forgotten);
                break;
            }
            catch (JournalStuckException e)
            {
                if (_stuck.TrySetResult(e))
                    _log(e.Message);
                Task.Delay(StuckRetry, _time).GetAwaiter().GetResult();
            }
        }
        if (!_stuck.Task.IsCompleted)
            return;
        _stuck = NewStuckSignal();
        _log("the JobTracker's journal can be written again");
    }

    private static TaskCompletionSource<JournalStuckException> NewStuckSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
