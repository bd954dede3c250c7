using Agora.Sdk;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Model;

/// <summary>Holds all slots when the other framework comes, and wants none any more: each is free when its task ends.</summary>
internal sealed class ResidentScheduler(World world, ModelSetup setup) : IScheduler
{
    private readonly HashSet<TaskId> _running = [];
    private int _launched;

    /// <summary>All slots are its, and it asks for no more.</summary>
    public bool HoldsAll => _running.Count == setup.Slots;

    public SchedulerCall.Subscribe Subscription => new(new FrameworkInfo(null, "resident"));
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
            case SchedulerEvent.Update(var status) when status.State == TaskState.Running:
                _running.Add(status.TaskId);
                if (HoldsAll)
                    calls.Add(new SchedulerCall.Suppress());
                break;
        }
    }

    private void Answer(Offer offer, ICollection<SchedulerCall> calls)
    {
        if (_launched == setup.Slots || !offer.Resources.Contains(ModelWorld.Slot))
        {
            calls.Add(new SchedulerCall.Decline([offer.Id], "has what it wants"));
            return;
        }
        var id = new TaskId($"resident-{++_launched}");
        calls.Add(new SchedulerCall.Accept([offer.Id], [new TaskSpec(id, id.Value, offer.AgentId, ModelWorld.Slot,
            new CommandSpec(new TaskBody(ModelWorld.Settle + setup.DrawResidual(world.Dice), 0).Words))]));
    }
}
