using System.Collections.Concurrent;
using Agora.Election;
using Agora.Sdk;

namespace Agora.Tests.Live.Cluster;

/// <summary>A framework in the test: tells what it hears, and answers offers as the test says.</summary>
internal sealed class LiveFramework : IScheduler, IAsyncDisposable
{
    private readonly ConcurrentQueue<SchedulerEvent> _heard = new();
    private readonly SchedulerDriver _driver;
    private readonly Task _running;

    /// <summary>Answers offers, on the scheduler's loop; without it they are kept.</summary>
    public Action<IReadOnlyList<Offer>, ICollection<SchedulerCall>>? Offered { get; set; }

    /// <summary>Told of updates, on the scheduler's loop.</summary>
    public Action<TaskStatus>? Updated { get; set; }

    public LiveFramework(LiveCluster cluster, FrameworkInfo info, IReadOnlyList<Hint>? hints = null,
        FrameworkFilters? filters = null, Action<IReadOnlyList<Offer>, ICollection<SchedulerCall>>? offered = null)
        : this(new MasterLocation.Hosts([cluster.Master]), info, hints, filters, offered)
    {
    }

    public LiveFramework(MasterLocation masters, FrameworkInfo info, IReadOnlyList<Hint>? hints = null,
        FrameworkFilters? filters = null, Action<IReadOnlyList<Offer>, ICollection<SchedulerCall>>? offered = null, MasterAccess? access = null)
    {
        Subscription = new SchedulerCall.Subscribe(info, Filters: filters, Hints: hints);
        Offered = offered;
        _driver = new SchedulerDriver(this, masters, TimeProvider.System,
            new SchedulerDriverOptions { Access = access, Session = new SchedulerSessionOptions { BackoffMax = TimeSpan.FromSeconds(1) } });
        _running = _driver.RunAsync();
    }

    public SchedulerCall.Subscribe Subscription { get; }
    public DateTimeOffset? NextDeadline => null;
    public FrameworkId? Id => _heard.OfType<SchedulerEvent.Subscribed>().LastOrDefault()?.FrameworkId;
    public IEnumerable<TaskStatus> Updates => _heard.OfType<SchedulerEvent.Update>().Select(u => u.Status);
    public IReadOnlyCollection<SchedulerEvent> Heard => _heard;

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        _heard.Enqueue(e);
        if (e is SchedulerEvent.Offers(var offers))
            Offered?.Invoke(offers, calls);
        else if (e is SchedulerEvent.Update(var status))
            Updated?.Invoke(status);
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }

    public void Call(params SchedulerCall[] made) => _driver.Post((_, calls) =>
    {
        foreach (var call in made)
            calls.Add(call);
    });

    /// <summary>Waits until one of the events heard is as it should be.</summary>
    public async Task<T> Hears<T>(string what, Func<T, bool>? good = null) where T : SchedulerEvent
    {
        T? found = null;
        await Programs.Until($"{Subscription.Framework.Name} to hear {what}",
            () => (found = _heard.OfType<T>().FirstOrDefault(e => good?.Invoke(e) ?? true)) is not null,
            () => string.Join("\n", _heard));
        return found!;
    }

    public async Task<TaskStatus> HearsOf(string task, TaskState state) =>
        (await Hears<SchedulerEvent.Update>($"that {task} is {state}",
            u => u.Status.TaskId.Value == task && u.Status.State == state)).Status;

    /// <summary>An offer that is still out, of some agent.</summary>
    public async Task<Offer> Offer() => (await Hears<SchedulerEvent.Offers>("of offers")).List[0];

    public static TaskSpec Task(string id, AgentId agent, Resources size, string line) =>
        new(new TaskId(id), id, agent, size, CommandSpec.Shell(line), Kill: new KillPolicy(TimeSpan.Zero));

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
            await _driver.StopAsync(teardown: true);
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
