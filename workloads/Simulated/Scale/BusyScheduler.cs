using Agora.Sdk;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Scale;

/// <summary>Fills whatever it is offered: always has more tasks.</summary>
/// <param name="task">What each of its tasks needs.</param>
/// <param name="lengths">How long tasks on that agent take, one after the other.</param>
internal sealed class BusyScheduler(string name, Resources task, Func<AgentId, Func<TimeSpan>> lengths) : IScheduler
{
    private int _launched, _ended;

    /// <summary>Tasks that have ended.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Of the master that it is subscribed to, and whether that has made it an offer; 0 before.</summary>
    public (long Epoch, bool IsOffered) Master { get; private set; }

    public SchedulerCall.Subscribe Subscription => new(new FrameworkInfo(null, name, FailoverTimeout: TimeSpan.FromHours(1)));
    public DateTimeOffset? NextDeadline => null;

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed subscribed: Master = (subscribed.Epoch, false); break;
            case SchedulerEvent.Offers(var offers):
                Master = Master with { IsOffered = true };
                foreach (var offer in offers)
                    Answer(offer, calls);
                break;
            case SchedulerEvent.Update(var status) when status.State.IsTerminal(): Volatile.Write(ref _ended, _ended + 1); break;
        }
    }

    private void Answer(Offer offer, ICollection<SchedulerCall> calls)
    {
        List<TaskSpec> tasks = [];
        var next = lengths(offer.AgentId);
        for (var left = offer.Resources; left.Contains(task); left -= task)
        {
            var id = new TaskId($"{name}-{++_launched}");
            tasks.Add(new TaskSpec(id, id.Value, offer.AgentId, task, new CommandSpec(new TaskBody(next(), 0).Words)));
        }
        calls.Add(tasks.Count > 0 ? new SchedulerCall.Accept([offer.Id], tasks) : new SchedulerCall.Decline([offer.Id], "too small"));
    }
}
