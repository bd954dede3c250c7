using System.Text.Json;
using Agora.Sdk;

namespace Agora.Mpi.Scheduling;

/// <summary>
/// The scheduler behind one MPI job. It keeps offers until they hold all of the job's slots, then takes them at once.
/// <para>Gangs that each hold a part of what the others need would wait for ever. So what does not suffice is given back
/// after a while and refused for another while, both of a length by chance; meanwhile another gang gets it. The pause
/// doubles up to a bound while it is in vain, as Ethernet's does, so that of many gangs only few hold at a time.</para>
/// <code>
///   gathering ──all slots──► starting ──all nodes ready──► running ──► ended
///       ▲  └─ back-off ─┘        │                            └ a node lost: told, and left to the job
///       └────── an offer was gone ┘
/// </code>
/// </summary>
/// <param name="random">Chooses how long to hold and to pause.</param>
/// <param name="tell">Called from the scheduler's loop; must not block.</param>
public sealed partial class GangScheduler(GangRequest request, Random random, Action<GangEvent> tell) : IScheduler
{
    /// <summary>Least times; the most is twice as much.</summary>
    private static readonly TimeSpan HoldMin = TimeSpan.FromSeconds(1), PauseMin = TimeSpan.FromMilliseconds(500);

    /// <summary>Doublings of the pause: up to 8 s, which is also what a gang may lose when others end.</summary>
    private const int RoundsMax = 3;

    /// <summary>What the gang has no use for is refused for so long.</summary>
    private static readonly TimeSpan Refusal = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<OfferId, Offer> _held = [];
    private readonly Dictionary<TaskId, Member> _members = [];
    private Phase _phase = Phase.Gathering;
    private DateTimeOffset? _giveUp, _holdUntil, _pauseUntil;
    private int _rounds, _tasksMade;

    /// <summary>The most that was ever held, and how <see cref="Have"/> said it.</summary>
    private (int Slots, string Have) _most;

    private enum Phase
    {
        Gathering,
        Starting,
        Running,
        Ended,
    }

    /// <summary>The part of the gang on one agent.</summary>
    private sealed record Member(AgentId Agent, ExecutorId Executor, string Host, string Address, int Slots)
    {
        public int Port { get; set; }
        public bool IsLost { get; set; }
    }

    public SchedulerCall.Subscribe Subscription { get; } = new(
        new FrameworkInfo(null, request.Name, request.User, Role: request.Role),
        Filters: new FrameworkFilters(request.OnlyHosts, GangRequest.HostOverhead + request.PerSlot),
        Hints: [new Hint([], GangRequest.HostOverhead + request.PerSlot, request.Slots, DateTimeOffset.MaxValue)]);

    /// <summary>Set once the master knows the framework.</summary>
    public FrameworkId? FrameworkId { get; private set; }

    /// <summary>What is held while the gang is not whole, such as <c>3 of 8 slots (node1: 2, node2: 1)</c>.</summary>
    public string Have
    {
        get
        {
            var slots = SlotsByHost();
            var nodes = slots.Where(s => s.Value > 0).OrderBy(s => s.Key, NodeNames.Order).Select(s => $"{s.Key}: {s.Value}").ToList();
            return $"{slots.Values.Sum()} of {request.Slots} slots{(nodes.Count > 0 ? $" ({string.Join(", ", nodes)})" : "")}";
        }
    }

    /// <summary>True until all slots have been taken.</summary>
    public bool IsGathering => _phase == Phase.Gathering;

    public DateTimeOffset? NextDeadline => _phase != Phase.Gathering ? null
        : _holdUntil is { } hold && hold < _giveUp ? hold : _giveUp;

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed(var id, _, _, _):
                FrameworkId = id;
                _giveUp ??= now + request.WaitMax;
                break;
            case SchedulerEvent.Offers(var offers):
                Gather(now, offers, calls);
                break;
            case SchedulerEvent.Rescind(var gone):
                foreach (var offer in gone)
                    _held.Remove(offer);
                break;
            case SchedulerEvent.Update(var status):
                Updated(now, status, calls);
                break;
            case SchedulerEvent.Message(_, _, var data):
                Heard(JsonSerializer.Deserialize(data.Span, MpiJson.Default.HostMessage));
                break;
            case SchedulerEvent.AgentLost(var agent, var hostname, var reason):
                foreach (var member in _members.Values.Where(m => m.Agent == agent).ToList())
                    Lose(member, $"the agent of {hostname} is lost: {reason}");
                break;
            case SchedulerEvent.Error(var text, true):
                _phase = Phase.Ended;
                tell(new GangEvent.Refused(text));
                break;
        }
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        if (_phase != Phase.Gathering)
            return;
        if (now >= _giveUp)
        {
            _phase = Phase.Ended;
            GiveBack("the job gives up", Refusal, calls);
            calls.Add(new SchedulerCall.Suppress());
            tell(new GangEvent.TimedOut(_most.Slots > 0 ? _most.Have : $"none of {request.Slots} slots"));
        }
        else if (now >= _holdUntil)
        {
            var pause = ByChance(PauseMin) * (1 << _rounds);
            _pauseUntil = now + pause;
            _rounds = Math.Min(_rounds + 1, RoundsMax);
            GiveBack($"{Have} do not suffice; given back so that another gang may be whole", pause, calls);
        }
    }

    private void Gather(DateTimeOffset now, IReadOnlyList<Offer> offers, ICollection<SchedulerCall> calls)
    {
        foreach (var offer in offers)
        {
            if (_phase != Phase.Gathering)
                calls.Add(new SchedulerCall.Decline([offer.Id], "the gang is whole", Refusal));
            else if (_pauseUntil is { } until && now < until)
                calls.Add(new SchedulerCall.Decline([offer.Id], "given back so that another gang may be whole", until - now));
            else
                _held[offer.Id] = offer;
        }
        if (_phase != Phase.Gathering || _held.Count == 0)
            return;
        if (SlotChoice.Choose(SlotsByHost(), request.Slots, request.Mapping) is { } choice)
            Take(choice, calls);
        else
            Hold(now);
    }

    private void Hold(DateTimeOffset now)
    {
        _holdUntil ??= now + ByChance(HoldMin);
        if (SlotsByHost().Values.Sum() is var slots && slots > _most.Slots)
            _most = (slots, Have);
    }

    private void Take(IReadOnlyList<(string Node, int Slots)> choice, ICollection<SchedulerCall> calls)
    {
        var slotsOf = choice.ToDictionary(c => c.Node, c => c.Slots);
        List<OfferId> unused = [];
        foreach (var offers in _held.Values.GroupBy(o => o.Hostname))
        {
            if (!slotsOf.TryGetValue(offers.Key, out var slots))
            {
                unused.AddRange(offers.Select(o => o.Id));
                continue;
            }
            var first = offers.First();
            var id = new TaskId($"ranks-{++_tasksMade}");
            var executor = new ExecutorId($"mpihost-{_tasksMade}");
            _members[id] = new Member(first.AgentId, executor, first.Hostname, first.Address, slots);
            var order = new HostOrder(first.Hostname, first.Address, request.Token);
            calls.Add(new SchedulerCall.Accept([.. offers.Select(o => o.Id)],
            [
                new TaskSpec(id, $"{slots} {(slots == 1 ? "rank" : "ranks")} of {request.Name}", first.AgentId,
                    request.PerSlot.ScalarsTimes(slots),
                    Executor: new ExecutorSpec(executor, "MpiHost", new CommandSpec(request.HostCommand),
                        GangRequest.HostOverhead, TimeSpan.FromSeconds(1)),
                    Data: JsonSerializer.SerializeToUtf8Bytes(order, MpiJson.Default.HostOrder)),
            ]));
        }
        if (unused.Count > 0)
            calls.Add(new SchedulerCall.Decline(unused, "the gang is whole without it", Refusal));
        _held.Clear();
        (_holdUntil, _pauseUntil, _phase) = (null, null, Phase.Starting);
        calls.Add(new SchedulerCall.Suppress());
    }

    private void GiveBack(string reason, TimeSpan refuse, ICollection<SchedulerCall> calls)
    {
        if (_held.Count > 0)
            calls.Add(new SchedulerCall.Decline([.. _held.Keys], reason, refuse));
        _held.Clear();
        _holdUntil = null;
    }

    private Dictionary<string, int> SlotsByHost() => _held.Values.GroupBy(o => o.Hostname).ToDictionary(
        g => g.Key, g => request.SlotsIn(g.Aggregate(Resources.Empty, (sum, offer) => sum + offer.Resources)));

    /// <summary>Between one and two times the least.</summary>
    private TimeSpan ByChance(TimeSpan least) => least * (1 + random.NextDouble());
}
