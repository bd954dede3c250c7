using Agora.Sdk;

namespace Agora.Cli;

/// <summary>The scheduler behind <c>agora run</c>: one task on the first offer that holds it.</summary>
internal sealed class RunScheduler(string name, string role, CommandSpec command, Resources resources) : IScheduler
{
    public const string TaskName = "run";

    /// <summary>Others get what it declines for this long at once; it wants only one task's worth.</summary>
    private static readonly TimeSpan Refusal = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<AgentInfo?> _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TaskStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _subscribed;
    private Offer? _taken;
    private FrameworkId? _id;

    public FrameworkId FrameworkId => _id ?? throw new InvalidOperationException("not subscribed");
    public bool IsSubscribed => _subscribed;

    /// <summary>Where the task runs once it does; null if it ended without.</summary>
    public Task<AgentInfo?> Placed => _placed.Task;

    /// <summary>The task's last status.</summary>
    public Task<TaskStatus> Ended => _ended.Task;

    public SchedulerCall.Subscribe Subscription { get; } = new(
        new FrameworkInfo(null, name, Environment.UserName, Role: role),
        Filters: new FrameworkFilters(AtLeast: resources),
        Hints: [new Hint([], resources, 1, DateTimeOffset.MaxValue)]);

    public DateTimeOffset? NextDeadline => null;

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed(var id, _, _, _):
                _id = id;
                _subscribed = true;
                break;
            case SchedulerEvent.Offers(var offers): Consider(offers, calls); break;
            case SchedulerEvent.Update(var status): Updated(status, calls); break;
            case SchedulerEvent.Error(var text, true): Fail(text); break;
        }
    }

    private void Consider(IReadOnlyList<Offer> offers, ICollection<SchedulerCall> calls)
    {
        foreach (var offer in offers)
        {
            if (_taken is not null || !offer.Resources.Contains(resources))
            {
                calls.Add(new SchedulerCall.Decline([offer.Id], "", Refusal));
                continue;
            }
            _taken = offer;
            calls.Add(new SchedulerCall.Accept([offer.Id],
                [new TaskSpec(new TaskId(TaskName), name, offer.AgentId, resources, command)]));
            calls.Add(new SchedulerCall.Suppress());
        }
    }

    private void Updated(TaskStatus status, ICollection<SchedulerCall> calls)
    {
        if (status.Reason == StatusReason.InvalidOffers)
        {
            // The offer ran out on the way: wait for the next.
            _taken = null;
            calls.Add(new SchedulerCall.Revive());
        }
        else if (status.State.IsTerminal())
        {
            _placed.TrySetResult(status.ExitCode is null ? null : Place());
            _ended.TrySetResult(status);
        }
        else if (status.State == TaskState.Running)
        {
            _placed.TrySetResult(Place());
        }
    }

    private AgentInfo Place() => new(_taken!.AgentId, _taken.Hostname, _taken.Address, _taken.FilePort, _taken.Resources, _taken.Attributes);

    /// <summary>The user wants it to end.</summary>
    public void Interrupt(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        if (_taken is null)
            Fail("interrupted before it ran");
        else
            calls.Add(new SchedulerCall.Kill(new TaskId(TaskName)));
    }

    public void Fail(string message)
    {
        _placed.TrySetResult(null);
        _ended.TrySetResult(new TaskStatus(new TaskId(TaskName), TaskState.Error, StatusSource.Master, StatusReason.None,
            message, DateTimeOffset.MinValue));
    }
}
