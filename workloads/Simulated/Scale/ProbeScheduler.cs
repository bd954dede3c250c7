using Agora.Sdk;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Scale;

/// <summary>Launches one task on the first offer that has room for it.</summary>
internal sealed class ProbeScheduler(string name) : IScheduler
{
    private bool _isLaunched;

    /// <summary>When it was told of its task's end.</summary>
    public DateTimeOffset? Ended { get; private set; }

    public SchedulerCall.Subscribe Subscription => new(new FrameworkInfo(null, name));
    public DateTimeOffset? NextDeadline => null;

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Offers(var offers):
                foreach (var offer in offers)
                    Answer(offer, calls);
                break;
            case SchedulerEvent.Update({ State: TaskState.Finished }): Ended = now; break;
        }
    }

    private void Answer(Offer offer, ICollection<SchedulerCall> calls)
    {
        if (_isLaunched || !offer.Resources.Contains(ScaleOptions.Task))
        {
            calls.Add(new SchedulerCall.Decline([offer.Id], "wants one task only"));
            return;
        }
        _isLaunched = true;
        calls.Add(new SchedulerCall.Accept([offer.Id], [new TaskSpec(new TaskId(name), name, offer.AgentId, ScaleOptions.Task,
            new CommandSpec(new TaskBody(ScaleOptions.ProbeTask, 0).Words))]));
        calls.Add(new SchedulerCall.Suppress());
    }
}
