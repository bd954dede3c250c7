using Agora.Sdk;

namespace Agora.Tests.StandbyProgram;

/// <summary>Launches one task if it is the first to be active; whoever takes over goes on with that.</summary>
internal sealed class StandbyScheduler(FrameworkId id, string command) : IScheduler
{
    private bool _launches;

    public SchedulerCall.Subscribe Subscription { get; } =
        new(new FrameworkInfo(id, id.Value, FailoverTimeout: TimeSpan.FromSeconds(1)), Standby: true);

    public DateTimeOffset? NextDeadline => null;

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed:
                _launches = true;
                Console.WriteLine("subscribed");
                break;
            case SchedulerEvent.Offers(var offers) when _launches:
                _launches = false;
                calls.Add(new SchedulerCall.Accept([offers[0].Id], [new TaskSpec(new TaskId("steady"), "steady", offers[0].AgentId,
                    Resources.Of(0.5m, 64), CommandSpec.Shell(command))]));
                break;
            case SchedulerEvent.Update(var status): Console.WriteLine($"{status.TaskId} {status.State}"); break;
            case SchedulerEvent.StandingBy or SchedulerEvent.Takeover or SchedulerEvent.Error: Console.WriteLine(e.GetType().Name); break;
        }
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }
}
