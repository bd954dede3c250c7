using System.Diagnostics;
using Agora.Cluster.Allocation;

namespace Agora.Cluster;

/// <summary>
/// The master: a state machine that offers agents' free resources to frameworks and passes tasks and their statuses
/// between them. No I/O, clock or thread: its host tells it what happened and does what it answers.
/// <para>Laws: offered + used ≤ total on every agent; an offer is answered, rescinded or expired, once; every task it
/// accepted reaches one terminal state; what it knows of running tasks is only what agents told it, so a new master
/// learns all of it from their registrations (the paper's §3.6); what operators decide is stored before it counts.</para>
/// </summary>
public sealed partial class Master
{
    private readonly MasterOptions _options;
    private readonly Allocator _allocator;
    private readonly List<MasterEffect> _effects = [];
    // Enumerated in order of insertion, or nearly so: the same on every run, which is all that order is needed for.
    private readonly Dictionary<FrameworkId, FrameworkEntry> _frameworks = [];
    private readonly Queue<(FrameworkView Framework, IReadOnlyList<TaskView> Tasks, PageView? Page)> _completedFrameworks = new();
    private readonly HashSet<FrameworkId> _completedIds = [];
    private readonly Queue<FrameworkId> _completedOrder = new();
    private readonly Dictionary<AgentId, AgentEntry> _agents = [];
    private readonly Dictionary<long, FrameworkEntry> _schedulers = [];
    private readonly Dictionary<long, AgentEntry> _agentConnections = [];
    private readonly DateTimeOffset _started;
    private DateTimeOffset _now;
    private Counters _counters;

    /// <param name="registry">What the leader before has stored; null if there was none.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message lists everything that is wrong.</exception>
    public Master(MasterOptions options, IAllocator policy, DateTimeOffset now, Registry? registry = null)
    {
        var errors = options.Validate();
        if (errors.Count > 0)
            throw new ArgumentException(string.Join("; ", errors), nameof(options));
        _options = options;
        _allocator = new Allocator(policy);
        _started = _now = now;
        _agentPrefix = $"agent-{Epoch}-";
        Restore(registry ?? Registry.Empty);
    }

    public long Epoch => _options.Epoch;

    /// <summary>
    /// Handles one event and returns what is to be done, in order. The list is valid until the next call.
    /// </summary>
    public IReadOnlyList<MasterEffect> Handle(DateTimeOffset now, MasterEvent e)
    {
        _now = now > _now ? now : _now;
        _effects.Clear();
        switch (e)
        {
            case MasterEvent.SchedulerCalled(var connection, var call) called: Handle(connection, call, called.Denied); break;
            case MasterEvent.SchedulerDisconnected(var connection): SchedulerGone(connection); break;
            case MasterEvent.AgentCalled(var connection, var call): Handle(connection, call); break;
            case MasterEvent.AgentDisconnected(var connection): AgentConnectionGone(connection); break;
            case MasterEvent.Ordered(var request, var command): Order(request, command); break;
            case MasterEvent.Stored(var number, var failed): Stored(number, failed); break;
            case MasterEvent.Tick: break;
            default: throw new UnreachableException(e.GetType().Name);
        }
        RunDeadlines();
        return _effects;
    }

    private void Handle(long connection, SchedulerCall call, IReadOnlyDictionary<TaskId, string>? denied)
    {
        if (call is SchedulerCall.Subscribe subscribe)
        {
            Subscribe(connection, subscribe);
            return;
        }
        if (call is SchedulerCall.Pong && _unanswered.ContainsKey(connection))
        {
            _unanswered[connection] = 0;
            return;
        }
        if (_standbys.ContainsKey(connection))
        {
            Refuse(connection, $"{call.GetType().Name} refused: this scheduler stands by", fatal: false);
            return;
        }
        if (!_schedulers.TryGetValue(connection, out var framework))
        {
            Refuse(connection, $"{call.GetType().Name} before Subscribe: the first call must be Subscribe", fatal: true);
            return;
        }
        switch (call)
        {
            case SchedulerCall.Accept accept: Accept(framework, accept, denied); break;
            case SchedulerCall.Decline decline: Decline(framework, decline); break;
            case SchedulerCall.Revive: Revive(framework); break;
            case SchedulerCall.Suppress: _allocator.SetActive(framework.Id, active: true, suppressed: true); break;
            case SchedulerCall.SetFilters(var filters): SetFilters(framework, filters); break;
            case SchedulerCall.UpdateHints(var hints): SetHints(framework, hints); break;
            case SchedulerCall.Kill kill: Kill(framework, kill); break;
            case SchedulerCall.Acknowledge acknowledge: Acknowledge(framework, acknowledge); break;
            case SchedulerCall.Reconcile(var tasks): Reconcile(framework, tasks); break;
            case SchedulerCall.Message message: PassOn(framework, message); break;
            case SchedulerCall.Publish page: Show(framework, page); break;
            case SchedulerCall.Pong: break;
            case SchedulerCall.AcceptInverse(var offers): AnswerInverse(framework, offers, accepted: true, ""); break;
            case SchedulerCall.DeclineInverse(var offers, var reason): AnswerInverse(framework, offers, accepted: false, reason); break;
            case SchedulerCall.Teardown: RemoveFramework(framework, "torn down by its scheduler"); break;
            default: throw new UnreachableException(call.GetType().Name);
        }
    }

    private void Handle(long connection, AgentCall call)
    {
        if (call is AgentCall.Register register)
        {
            Register(connection, register);
            return;
        }
        if (!_agentConnections.TryGetValue(connection, out var agent))
        {
            Send(connection, new AgentCommand.Refused($"{call.GetType().Name} before Register"));
            _effects.Add(new MasterEffect.Close(connection));
            return;
        }
        switch (call)
        {
            case AgentCall.Update update: UpdateTask(agent, update); break;
            case AgentCall.ExecutorExited exited: ExecutorExited(agent, exited); break;
            case AgentCall.Message message: PassOn(agent, message); break;
            case AgentCall.Pong(var number): Ponged(agent, number); break;
            case AgentCall.Unregister: RemoveAgent(agent, "the agent was shut down"); break;
            default: throw new UnreachableException(call.GetType().Name);
        }
    }

    private void Send(long connection, SchedulerEvent e) => _effects.Add(new MasterEffect.ToScheduler(connection, e));

    private void Send(long connection, AgentCommand command) => _effects.Add(new MasterEffect.ToAgent(connection, command));

    private void Send(FrameworkEntry framework, SchedulerEvent e)
    {
        if (framework.Connection is { } connection)
            Send(connection, e);
    }

    /// <summary>Tells a scheduler that a call was not carried out; nothing else changes.</summary>
    private void Refuse(long connection, string text, bool fatal)
    {
        _counters.CallsRefused++;
        Send(connection, new SchedulerEvent.Error(text, fatal));
        if (fatal)
            _effects.Add(new MasterEffect.Close(connection));
    }

    private void Refuse(FrameworkEntry framework, string text) => Refuse(framework.Connection!.Value, text, fatal: false);

    private struct Counters
    {
        public long OffersMade, OffersAccepted, OffersDeclined, OffersRescinded;
        public long TasksLaunched, TasksFinished, TasksFailed, TasksKilled, TasksLost, CallsRefused;
    }
}
