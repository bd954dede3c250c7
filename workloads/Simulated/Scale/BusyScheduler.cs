using Agora.Sdk;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Scale;

/// <summary>
/// Always has more tasks. The first on an agent take what is left of ones met running, so that tasks end evenly from the
/// beginning.
/// </summary>
/// <param name="met">Agents that some framework has been offered before; shared by all.</param>
internal sealed class BusyScheduler(World world, string name, HashSet<AgentId> met) : IScheduler
{
    private int _launched;

    /// <summary>Tasks that have ended.</summary>
    public int Ended { get; private set; }

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
            case SchedulerEvent.Update(var status) when status.State.IsTerminal(): Ended++; break;
        }
    }

    private void Answer(Offer offer, ICollection<SchedulerCall> calls)
    {
        List<TaskSpec> tasks = [];
        var isNew = met.Add(offer.AgentId);
        for (var left = offer.Resources; left.Contains(ScaleOptions.Task); left -= ScaleOptions.Task)
        {
            var id = new TaskId($"{name}-{++_launched}");
            tasks.Add(new TaskSpec(id, id.Value, offer.AgentId, ScaleOptions.Task,
                new CommandSpec(new TaskBody(isNew ? DrawResidual() : Draw(), 0).Words)));
        }
        calls.Add(tasks.Count > 0 ? new SchedulerCall.Accept([offer.Id], tasks) : new SchedulerCall.Decline([offer.Id], "too small"));
    }

    private TimeSpan Draw() => world.Dice.Normal(ScaleOptions.Mean, ScaleOptions.Deviation, ScaleOptions.Least);

    /// <summary>Who looks at a moment meets a task the more likely the longer it is, and anywhere in its life.</summary>
    private TimeSpan DrawResidual()
    {
        var length = Draw();
        while (!world.Dice.Chance(length / (ScaleOptions.Mean * 3)))
            length = Draw();
        return length * world.Dice.Unit();
    }
}
