using System.Text.Json;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Nodes;

internal sealed partial class NodePool
{
    private const int MilliCpusPerSlot = 1000;

    /// <summary>The nodes that may be used, as placement sees them.</summary>
    /// <param name="settings">What administrators have said of them.</param>
    /// <param name="counts">Of which nodes it is asked.</param>
    public List<(PoolNode Node, NodeShape Shape)> Shapes(
        IReadOnlyDictionary<string, NodeSettings> settings, Func<PoolNode, bool> counts)
    {
        List<(PoolNode, NodeShape)> shapes = [];
        foreach (var node in _nodes.Values.Where(counts))
        {
            var said = settings.GetValueOrDefault(node.Name);
            if (said is { IsOffline: true })
                continue;
            node.SlotsMax = said?.Slots;
            shapes.Add((node, new NodeShape(node.Name,
                node.Attributes.Pairs.SelectMany(p => new[] { p.Key, p.Value }).Concat(said?.Properties ?? []).ToHashSet(), node.Slots)));
        }
        return shapes;
    }

    /// <summary>What jobs may have at once: what is held and free, and what is offered.</summary>
    public Capacity AtHand(IReadOnlyList<(PoolNode Node, NodeShape Shape)> shapes)
    {
        var capacity = Empty(shapes);
        var free = OfferedByNode();
        for (var i = 0; i < shapes.Count; i++)
        {
            var node = shapes[i].Node;
            // What is held there under which mom is yet to be heard.
            if (node.LacksHolds)
                continue;
            var (slots, memory) = free.GetValueOrDefault(node);
            capacity.Slots[i] = Math.Min(node.FreeSlots + slots, node.Slots - node.UsedSlots);
            capacity.Memory[i] = node.FreeMemory + memory;
        }
        return capacity;
    }

    /// <summary>What jobs might have if nobody else had anything: all, but for what jobs have.</summary>
    public Capacity Potential(IReadOnlyList<(PoolNode Node, NodeShape Shape)> shapes)
    {
        var capacity = Empty(shapes);
        for (var i = 0; i < shapes.Count; i++)
        {
            var node = shapes[i].Node;
            capacity.Slots[i] = node.Slots - node.UsedSlots;
            capacity.Memory[i] = node.Total.MemBytes - NodePoolOptions.MomOverhead.MemBytes - node.UsedMemory;
        }
        return capacity;
    }

    /// <summary>Nothing on any node, and what the guarantee leaves beside what jobs have.</summary>
    private Capacity Empty(IReadOnlyList<(PoolNode Node, NodeShape Shape)> shapes) =>
        new([.. shapes.Select(s => s.Shape)], SlotsMax - _nodes.Values.Sum(n => n.UsedSlots))
        {
            MemoryBudget = MemoryMax - _nodes.Values.Sum(n => n.UsedSlots == 0 ? 0 : n.UsedMemory + NodePoolOptions.MomOverhead.MemBytes),
        };

    /// <summary>
    /// Makes sure that a node will hold this, beside what jobs have of it: what is missing is taken from its offers.
    /// </summary>
    /// <returns>False if the guarantee does not allow it now; nothing has changed then.</returns>
    public bool TryHold(IReadOnlyList<(PoolNode Node, NodePick Pick)> picks)
    {
        var missing = picks.Select(p => (p.Node, Slots: Math.Max(0, p.Pick.Slots - p.Node.FreeSlots),
            Memory: Math.Max(0, p.Pick.MemoryBytes - p.Node.FreeMemory))).Where(m => m.Slots > 0 || m.Memory > 0).ToList();
        var moms = missing.Count(m => m.Node.Holds.Count == 0);
        if (missing.Sum(m => (long)m.Slots) + HeldSlots > SlotsMax ||
            missing.Sum(m => m.Memory) + HeldMemory + moms * NodePoolOptions.MomOverhead.MemBytes > MemoryMax)
            return false;
        foreach (var (node, slots, memory) in missing)
        {
            if (!node.IsHeld)
                node.Executor = new ExecutorId($"mom-{node.Name}-{options.Unique()}");
            var hold = Hold.New(options.Unique(), slots, memory);
            if (!_new.TryGetValue(node, out var holds))
                _new[node] = holds = [];
            holds.Add(hold);
            node.Add(hold);
            _byTask[hold.Task] = node;
        }
        return true;
    }

    /// <summary>Ends what is idle for too long.</summary>
    /// <param name="kept">Slots of each node that are being gathered.</param>
    /// <param name="atOnce">Without waiting any longer.</param>
    /// <param name="all">A job needs its place within the guarantee: what would be kept for ever goes, too.</param>
    public void Release(
        DateTimeOffset now, IReadOnlyDictionary<PoolNode, NodePick> kept, bool atOnce, bool all, ICollection<SchedulerCall> calls)
    {
        NextDeadline = null;
        foreach (var node in _nodes.Values.Where(n => n.Holds.Count > 0))
        {
            var keep = kept.GetValueOrDefault(node);
            var (slots, memory) = (node.FreeSlots - keep.Slots, node.FreeMemory - keep.MemoryBytes);
            if (slots <= 0 && node.UsedSlots + keep.Slots > 0)
            {
                node.IdleSince = null;
                continue;
            }
            node.IdleSince ??= now;
            if (!atOnce && node.IdleSince + options.Linger is { } until && now < until)
            {
                if (!(until >= NextDeadline))
                    NextDeadline = until;
                continue;
            }
            foreach (var hold in node.Holds.Where(h => h.IsUp && !h.IsEnding).OrderByDescending(h => h.Slots).ToList())
            {
                if (hold.Slots > slots || hold.MemoryBytes > memory || (!all && HeldSlots - hold.Slots < options.SlotsMin))
                    continue;
                slots -= hold.Slots;
                memory -= hold.MemoryBytes;
                End(node, hold, calls);
            }
        }
    }

    /// <summary>When the first of the idle slots are to be given back. What cannot go then, goes once something changes.</summary>
    public DateTimeOffset? NextDeadline { get; private set; }

    /// <summary>Takes the offers that are needed and refuses the others.</summary>
    /// <param name="wants">More is wanted than is at hand.</param>
    /// <param name="isNew">It was not wanted before, so what was refused is to be offered again.</param>
    /// <param name="reason">Why an offer has no use.</param>
    public void Answer(bool wants, bool isNew, string reason, ICollection<SchedulerCall> calls)
    {
        var refuse = wants ? FrameworkFilters.DefaultRefusal : Refusal;
        foreach (var offers in _offers.Values.GroupBy(o => o.AgentId))
        {
            var node = _byAgent[offers.Key];
            if (_new.Remove(node, out var holds))
                calls.Add(new SchedulerCall.Accept([.. offers.Select(o => o.Id)], [.. holds.Select(h => TaskOf(node, h))], refuse));
            else
                calls.Add(new SchedulerCall.Decline([.. offers.Select(o => o.Id)], reason, refuse));
        }
        _offers.Clear();
        foreach (var call in (IEnumerable<SchedulerCall>)[.. _strays, .. _whereabouts])
            calls.Add(call);
        _strays.Clear();
        _whereabouts.Clear();
        if (!wants && _wants)
            calls.Add(new SchedulerCall.Suppress());
        if (wants && (!_wants || isNew))
            calls.Add(new SchedulerCall.Revive());
        _wants = wants;
    }

    private static void End(PoolNode node, Hold hold, ICollection<SchedulerCall> calls)
    {
        node.End(hold);
        calls.Add(new SchedulerCall.Kill(hold.Task, node.Agent));
    }

    private byte[] WelcomeOf(PoolNode node) => JsonSerializer.SerializeToUtf8Bytes(options.Welcome with
    {
        Node = node.Name,
        Address = node.Address,
        Token = $"{options.Welcome.Token} {node.Executor}",
    }, MomJson.Default.MomWelcome);

    private TaskSpec TaskOf(PoolNode node, Hold hold) =>
        new(hold.Task, $"{hold.Slots} slots of {node.Name}", node.Agent!.Value, hold.Resources,
            Executor: new ExecutorSpec(node.Executor!.Value, "BatchMom", new CommandSpec(options.MomCommand),
                NodePoolOptions.MomOverhead, NodePoolOptions.ShutdownGrace),
            Data: WelcomeOf(node),
            // Within the guarantee nobody may take it back; without one it is as any other framework's.
            Revocable: Guaranteed.IsEmpty);

    /// <summary>Slots and memory offered, what new holds will take off again.</summary>
    private Dictionary<PoolNode, (int Slots, long Memory)> OfferedByNode() =>
        _offers.Values.GroupBy(o => _byAgent[o.AgentId]).ToDictionary(g => g.Key, g =>
        {
            var free = g.Aggregate(Resources.Empty, (sum, offer) => sum + offer.Resources);
            var taken = _new.GetValueOrDefault(g.Key) ?? [];
            var memory = free.MemBytes - (g.Key.IsHeld ? 0 : NodePoolOptions.MomOverhead.MemBytes) - taken.Sum(h => h.MemoryBytes);
            return (Math.Max(0, (int)(free.MilliCpus / MilliCpusPerSlot) - taken.Sum(h => h.Slots)), Math.Max(0, memory));
        });
}
