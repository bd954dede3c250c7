using Agora.Sdk;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Nodes;

/// <summary>How the framework holds nodes.</summary>
/// <param name="MomCommand">Starts a BatchMom on an agent.</param>
/// <param name="Welcome">What it is told, its node's name and address left out.</param>
/// <param name="Linger">How long slots without work are kept.</param>
/// <param name="SlotsMin">So many slots are kept for ever, once held.</param>
/// <param name="Unique">Gives a word for the id of a task, never the same again, even after a restart.</param>
public sealed record NodePoolOptions(
    FrameworkInfo Framework, IReadOnlyList<string> MomCommand, MomWelcome Welcome, TimeSpan Linger, int SlotsMin,
    Func<string> Unique)
{
    /// <summary>What a mom itself holds: memory, no processor, since it sleeps while jobs run.</summary>
    public static readonly Resources MomOverhead = Resources.Of(0, 32);

    public static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(5);
}

/// <summary>
/// The nodes, and the slots held on them: taken from offers by tasks that a mom runs, given back by ending these. The
/// elastic part of the port (the paper's section 6.1). A machine without I/O.
/// </summary>
internal sealed partial class NodePool(NodePoolOptions options)
{
    private FrameworkInfo _framework = options.Framework;

    /// <summary>Offers without use are refused for so long; as soon as there is new demand, refusals are forgotten.</summary>
    private static readonly TimeSpan Refusal = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<string, PoolNode> _nodes = new(NodeNames.Order);
    private readonly Dictionary<AgentId, PoolNode> _byAgent = [];
    private readonly Dictionary<TaskId, PoolNode> _byTask = [];
    private readonly Dictionary<OfferId, Offer> _offers = [];

    /// <summary>New holds of this cycle, by node; they go out together.</summary>
    private readonly Dictionary<PoolNode, List<Hold>> _new = [];

    /// <summary>Holds under moms whose time is over; to be ended.</summary>
    private readonly List<SchedulerCall.Kill> _strays = [];

    /// <summary>To moms of a former life of this server, which may look for it where it was.</summary>
    private readonly List<SchedulerCall.Message> _whereabouts = [];
    private bool _wants;

    public SchedulerCall.Subscribe Subscription => new(_framework, Suppressed: !_wants);

    /// <summary>What the role is guaranteed; empty for nothing, and then there is no bound either.</summary>
    public Resources Guaranteed { get; private set; } = Resources.Empty;

    public IEnumerable<PoolNode> Nodes => _nodes.Values;

    public PoolNode? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The node of that name, whether the master has spoken of it or not.</summary>
    public PoolNode Known(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
            _nodes[name] = node = new PoolNode(name);
        return node;
    }

    public PoolNode? NodeOf(TaskId task) => _byTask.GetValueOrDefault(task);

    public int HeldSlots => _nodes.Values.Sum(n => n.Holds.Sum(h => h.Slots));

    /// <summary>Slots the framework may hold in all.</summary>
    public int SlotsMax => Guaranteed.MilliCpus > 0 ? (int)(Guaranteed.MilliCpus / 1000) : int.MaxValue;

    /// <summary>Bytes the framework may hold in all, its moms' included.</summary>
    public long MemoryMax => Guaranteed.MemBytes > 0 ? Guaranteed.MemBytes : Capacity.Unbounded;

    private long HeldMemory => _nodes.Values.Sum(n => n.Holds.Count == 0 ? 0
        : n.Holds.Sum(h => h.MemoryBytes) + NodePoolOptions.MomOverhead.MemBytes);

    /// <summary>The server's name, as in job ids.</summary>
    public string Server => options.Welcome.Server;

    /// <summary>The framework comes back as another one.</summary>
    public void Rename(FrameworkId id)
    {
        _framework = _framework with { Id = id };
        foreach (var agent in _byAgent.Keys.ToList())
            Lost(agent);
        _offers.Clear();
    }

    public void Guarantee(Resources guaranteed) => Guaranteed = guaranteed;

    public void Offer(IReadOnlyList<Offer> offers)
    {
        foreach (var offer in offers)
        {
            _offers[offer.Id] = offer;
            var node = NodeFor(offer.Hostname, offer.AgentId);
            (node.Address, node.Attributes, node.IsUp) = (offer.Address, offer.Attributes, true);
            if (!node.Total.Contains(offer.Resources))
                node.Total = offer.Resources;
        }
    }

    public void Rescind(IReadOnlyList<OfferId> offers)
    {
        foreach (var offer in offers)
            _offers.Remove(offer);
    }

    /// <summary>The cluster's agents as the master lists them.</summary>
    public void Learn(IReadOnlyList<AgentView> agents)
    {
        foreach (var node in _nodes.Values)
            node.IsUp = node.Holds.Count > 0;
        foreach (var agent in agents)
        {
            if (agent.Condition is AgentCondition.Unreachable && _nodes.ContainsKey(agent.Info.Hostname))
                continue;
            var node = NodeFor(agent.Info.Hostname, agent.Info.Id!.Value);
            (node.Address, node.Total, node.Attributes) = (agent.Info.Address, agent.Info.Resources, agent.Info.Attributes);
            (node.FreeOfAll, node.IsUp) = (agent.Info.Resources - agent.Used, agent.Condition != AgentCondition.Unreachable);
        }
    }

    private PoolNode NodeFor(string name, AgentId agent)
    {
        var node = Known(name);
        node.Agent = agent;
        _byAgent[agent] = node;
        return node;
    }

    /// <summary>A task's state has changed.</summary>
    /// <returns>The node whose mom has lost it, with all that ran there; null if nothing is lost.</returns>
    public PoolNode? Updated(TaskStatus status)
    {
        var node = _byTask.GetValueOrDefault(status.TaskId);
        if (node is null && status.AgentId is { } agent && _byAgent.TryGetValue(agent, out node) &&
            !status.State.IsTerminal() && Hold.Parse(status.TaskId) is { } former)
        {
            // Of this server's former life; or it was idle then, and the node has got another mom before it was heard of.
            if (node.Executor is { } mom && status.ExecutorId is { } of && of != mom)
            {
                _strays.Add(new SchedulerCall.Kill(status.TaskId, agent));
                return null;
            }
            var isFirst = node.Holds.Count == 0;
            node.Add(former);
            node.Executor ??= status.ExecutorId;
            if (isFirst && node is { Connected: null, Executor: { } left })
                _whereabouts.Add(new SchedulerCall.Message(agent, left, WelcomeOf(node)));
            _byTask[status.TaskId] = node;
        }
        if (node?.Find(status.TaskId) is not { } hold)
            return null;
        if (!status.State.IsTerminal())
        {
            hold.IsUp |= status.State is TaskState.Running or TaskState.Killing;
            return null;
        }
        node.Remove(hold);
        _byTask.Remove(status.TaskId);
        return node.HeldSlots < node.UsedSlots && !hold.IsEnding ? node : null;
    }

    /// <summary>The agent is gone, and all that was held on it.</summary>
    public PoolNode? Lost(AgentId agent)
    {
        if (!_byAgent.TryGetValue(agent, out var node) || node.Agent != agent)
            return null;
        foreach (var hold in node.Holds.ToList())
        {
            node.Remove(hold);
            _byTask.Remove(hold.Task);
        }
        (node.IsUp, node.Executor) = (false, null);
        return node;
    }
}
