namespace Agora.Sdk;

/// <summary>
/// A framework's scheduler: a state machine without I/O that answers the master's events with calls. The same object
/// runs live under <see cref="SchedulerDriver"/> and in virtual time under the simulator.
/// <para>All members are called from one loop, never at the same time. Handlers must not block.</para>
/// </summary>
public interface IScheduler
{
    /// <summary>How it subscribes. Read at each (re)subscription; the driver fills in the framework id.</summary>
    SchedulerCall.Subscribe Subscription { get; }

    /// <summary>Handles one event and adds the calls to make, in order.</summary>
    void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls);

    /// <summary>
    /// Asked to have left an agent by the time that its machine is taken out of use: null if it will have, else why not, for
    /// operators. What is not overridden says that nothing is moved; then its tasks run there until they are ended.
    /// </summary>
    string? Leave(DateTimeOffset now, InverseOffer offer, ICollection<SchedulerCall> calls) => "its scheduler does not move tasks by itself";

    /// <summary>When <see cref="Tick"/> wants to be called next; null for never.</summary>
    DateTimeOffset? NextDeadline { get; }

    /// <summary>Called once <see cref="NextDeadline"/> is reached.</summary>
    void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls);
}
