using Agora.Cluster;
using Agora.Sdk;

namespace Agora.Simulation;

/// <summary>
/// What passes between the machines and their hosts; here, all as it is. To see that the checks find a mistake, one is made in
/// a class derived from this (<see cref="InjectedBugs"/>), and never in the machines.
/// </summary>
public class Edges
{
    /// <summary>Processes go by a clock that nobody can set.</summary>
    public virtual bool ClocksAreSteady => true;

    /// <summary>The next leader's epoch.</summary>
    public virtual long EpochAfter(long last) => last + 1;

    /// <summary>What a master wants done.</summary>
    public virtual IEnumerable<MasterEffect> FromMaster(IReadOnlyList<MasterEffect> effects) => effects;

    /// <summary>What an agent wants done.</summary>
    public virtual IEnumerable<AgentEffect> FromAgent(IReadOnlyList<AgentEffect> effects) => effects;

    /// <summary>What an agent says to its master.</summary>
    public virtual IEnumerable<AgentCall> ToMaster(SimAgent agent, AgentCall call) => [call];

    /// <summary>What an agent hears of its master.</summary>
    public virtual IEnumerable<AgentCommand> ToAgent(SimAgent agent, AgentCommand command) => [command];

    /// <summary>What a scheduler's session hears of its master.</summary>
    public virtual IEnumerable<SchedulerEvent> ToSession(SimScheduler scheduler, SchedulerEvent e) => [e];

    /// <summary>What a session tells its scheduler.</summary>
    public virtual IEnumerable<SchedulerEvent> ToScheduler(SchedulerEvent e) => [e];

    /// <summary>What the next process of an agent reads of what the former has written.</summary>
    public virtual IReadOnlyList<AgentRecord> Read(IReadOnlyList<AgentRecord> records) => records;

    /// <summary>Containers that an agent finds to be lost with its machine.</summary>
    public virtual IReadOnlyList<ContainerId> Lost(IReadOnlyList<ContainerId> lost) => lost;

    /// <summary>How an executor comes back to an agent that was started anew.</summary>
    public virtual ExecutorCall.Subscribe FromExecutor(ExecutorCall.Subscribe subscribe) => subscribe;
}

/// <summary>A scheduler behind the edges; only what it hears passes through them.</summary>
internal sealed class EdgedScheduler(IScheduler scheduler, Edges edges) : IScheduler
{
    public SchedulerCall.Subscribe Subscription => scheduler.Subscription;
    public DateTimeOffset? NextDeadline => scheduler.NextDeadline;

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        foreach (var passed in edges.ToScheduler(e))
            scheduler.Handle(now, passed, calls);
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls) => scheduler.Tick(now, calls);
}
