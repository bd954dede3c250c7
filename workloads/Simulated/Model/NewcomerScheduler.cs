using Agora.Sdk;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Model;

/// <summary>
/// The framework of the paper's analysis. An elastic one works on each slot from the moment it has it; a rigid one
/// holds slots with tasks that wait, works once it has all, and then gives them back together.
/// </summary>
internal sealed class NewcomerScheduler(World world, ModelSetup setup) : IScheduler
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1000);

    private readonly SortedDictionary<AgentId, (DateTimeOffset From, DateTimeOffset To)> _held = [];
    private readonly Dictionary<TaskId, AgentId> _running = [];
    private TimeSpan _work;
    private int _launched, _ended, _started;
    private DateTimeOffset? _workEnds;

    public bool IsDone => _held.Count == setup.Slots && _ended == (setup.IsRigid ? setup.Slots : setup.Tasks);

    public SchedulerCall.Subscribe Subscription => new(new FrameworkInfo(null, "newcomer"));
    public DateTimeOffset? NextDeadline => _workEnds;

    public ModelMeasure Measure(DateTimeOffset came)
    {
        var used = _held.Values.Where(h => h.To > h.From).ToList();
        var work = setup.IsRigid ? ModelSetup.Length * setup.Beta * setup.Slots : _work;
        return new ModelMeasure((_held.Values.Max(h => h.From) - came) / ModelSetup.Length, (used.Max(h => h.To) - came) / ModelSetup.Length,
            work / used.Aggregate(TimeSpan.Zero, (sum, h) => sum + (h.To - h.From)));
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        _workEnds = null;
        foreach (var (task, agent) in _running)
            calls.Add(new SchedulerCall.Kill(task, agent));
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Offers(var offers):
                foreach (var offer in offers)
                    Answer(now, offer, calls);
                break;
            case SchedulerEvent.Update(var status) when status.State == TaskState.Running:
                if (++_started == setup.Slots && setup.IsRigid)
                    _workEnds = now + ModelSetup.Length * setup.Beta;
                break;
            case SchedulerEvent.Update(var status) when status.State.IsTerminal() && _running.Remove(status.TaskId, out var agent):
                _ended++;
                _held[agent] = _held[agent] with { To = now };
                break;
        }
    }

    private void Answer(DateTimeOffset now, Offer offer, ICollection<SchedulerCall> calls)
    {
        var isSlot = offer.Resources.Contains(ModelWorld.Slot);
        if (isSlot)
            _held.TryAdd(offer.AgentId, (now, now));
        if (!isSlot || _launched == (setup.IsRigid ? setup.Slots : setup.Tasks))
        {
            calls.Add(new SchedulerCall.Decline([offer.Id], "has what it wants", Never));
            return;
        }
        var id = new TaskId($"newcomer-{++_launched}");
        var length = setup.IsRigid ? Never : setup.Draw(world.Dice);
        _work += length;
        _running.Add(id, offer.AgentId);
        calls.Add(new SchedulerCall.Accept([offer.Id], [new TaskSpec(id, id.Value, offer.AgentId, ModelWorld.Slot,
            new CommandSpec(new TaskBody(length, 0).Words))]));
    }
}
