using Agora.Sdk;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Nodes;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Service;

/// <summary>
/// The batch server as a machine without I/O: the queue of jobs, the nodes that are held, and the starting of jobs on
/// them. One loop owns it; what it wants done is taken from it after each step.
/// <code>
///   qsub ─► queued ──nodes at hand──► assembling ──all moms there──► joining ──► started ──► ended ─► forgotten
///             ▲  └─ gathering ──┘          │ a hold fails               │ a mom fails: again, or failed
///             └────────────────────────────┴────────────────────────────┘
/// </code>
/// </summary>
public sealed partial class BatchServer : IScheduler
{
    /// <summary>How often the master is asked again for tasks of which it has not spoken yet.</summary>
    private static readonly TimeSpan ReconcileInterval = TimeSpan.FromSeconds(2);

    /// <summary>After a start, agents have so long to come back to a master before what ran on them counts as lost.</summary>
    private static readonly TimeSpan ReturnPatience = TimeSpan.FromMinutes(2);

    private readonly JobQueue _queue;
    private readonly NodePool _pool;
    private readonly Random _random;
    private readonly List<ServerEffect> _effects = [];

    /// <summary>Something has changed that may let a job start, or leave slots without use.</summary>
    private bool _isDirty = true;
    private DateTimeOffset? _reconcileAt, _returnUntil;

    public BatchServer(JobQueue queue, NodePoolOptions nodes, Random random)
    {
        _queue = queue;
        _pool = new NodePool(nodes);
        _random = random;
        // Before any mom comes: what it says of a job that is not known here it would be told to forget.
        RestorePlaced();
    }

    public SchedulerCall.Subscribe Subscription => _pool.Subscription;

    public DateTimeOffset? NextDeadline => _isDirty ? DateTimeOffset.MinValue
        : Earliest(_queue.NextDeadline, _pool.NextDeadline, _gather.NextDeadline, _reconcileAt);

    /// <summary>What is to be done: told once, in order. What comes after a change of the queue waits for the disk.</summary>
    public IReadOnlyList<ServerEffect> TakeEffects()
    {
        TakeQueueEffects();
        ServerEffect[] taken = [.. _effects];
        _effects.Clear();
        return taken;
    }

    private void TakeQueueEffects()
    {
        foreach (var effect in _queue.TakeEffects())
            _effects.Add(new ServerEffect.OfQueue(effect));
    }

    /// <summary>The master has ended the framework: all that was held is gone, and the jobs on it.</summary>
    public void SubscribeAnew(DateTimeOffset now, FrameworkId id)
    {
        _pool.Rename(id);
        foreach (var node in _pool.Nodes.ToList())
            LoseNode(now, node, "the framework was ended by an operator");
        _isDirty = true;
    }

    /// <summary>A command's request.</summary>
    public Reply Handle(DateTimeOffset now, Caller caller, Request request)
    {
        // Who only looks changes nothing for the jobs that wait.
        _isDirty |= request is not (Request.Status or Request.Select or Request.Trace);
        return request switch
        {
            Request.Status { Of: StatusOf.Nodes } status => NodeStatus(now, status),
            Request.Run run => RunNow(now, caller, run),
            _ => _queue.Handle(now, caller, request),
        };
    }

    /// <summary>True if the nodes asked for could be had, were the cluster empty.</summary>
    public bool IsFeasible(IReadOnlyList<NodeRequest> requests)
    {
        // Nodes that are down may come back; before the master has said what there is, nothing is refused for its sake.
        var shapes = _pool.Shapes(_queue.Nodes, n => n.Slots > 0);
        if (shapes.Count == 0)
            return true;
        var all = new Capacity([.. shapes.Select(s => s.Shape)], int.MaxValue);
        for (var i = 0; i < shapes.Count; i++)
            (all.Slots[i], all.Memory[i]) = (shapes[i].Node.Slots, shapes[i].Node.Total.MemBytes - NodePoolOptions.MomOverhead.MemBytes);
        return NodeChoice.Find(all, requests) is not null;
    }

    /// <summary>The cluster's agents, from time to time.</summary>
    public void Learn(IReadOnlyList<AgentView> agents)
    {
        _pool.Learn(agents);
        _isDirty = true;
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed s:
                _pool.Guarantee(s.Guaranteed);
                _reconcileAt = now;
                _returnUntil = now + ReturnPatience;
                break;
            case SchedulerEvent.Guarantee g:
                _pool.Guarantee(g.Guaranteed);
                break;
            case SchedulerEvent.Offers o:
                _pool.Offer(o.List);
                break;
            case SchedulerEvent.Rescind r:
                _pool.Rescind(r.OfferIds);
                break;
            case SchedulerEvent.Update u:
                Updated(now, u.Status);
                break;
            case SchedulerEvent.AgentLost a:
                if (_pool.Lost(a.AgentId) is { } lost)
                    LoseNode(now, lost, $"node {a.Hostname} was lost: {a.Reason}");
                break;
            default:
                return;
        }
        _isDirty = true;
        Step(now, calls);
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls) => Step(now, calls);

    private void Step(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        if (now >= _queue.NextDeadline)
        {
            _queue.Tick(now);
            _isDirty = true;
        }
        if (now >= _reconcileAt)
        {
            calls.Add(new SchedulerCall.Reconcile([]));
            if (now >= _returnUntil)
            {
                foreach (var node in _pool.Nodes.Where(n => n.LacksHolds).ToList())
                    LoseNode(now, node, $"{node.Name} did not come back");
            }
            _reconcileAt = MissesHolds() ? now + ReconcileInterval : null;
        }
        if (_isDirty || now >= _pool.NextDeadline || now >= _gather.NextDeadline)
        {
            _isDirty = false;
            Cycle(now, calls);
        }
    }

    private List<(PoolNode Node, NodeShape Shape)> Shapes() => _pool.Shapes(_queue.Nodes, n => n.IsUp);

    private static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        DateTimeOffset? first = null;
        foreach (var time in times)
        {
            if (time is not null && !(time >= first))
                first = time;
        }
        return first;
    }
}

/// <summary>Something the server wants done.</summary>
public abstract record ServerEffect
{
    private ServerEffect()
    {
    }

    public sealed record OfQueue(QueueEffect Effect) : ServerEffect;

    /// <summary>To the node's mom, if it is connected; what it misses it is told when it is there again.</summary>
    public sealed record Order(string Node, MomOrder Message) : ServerEffect;
}
