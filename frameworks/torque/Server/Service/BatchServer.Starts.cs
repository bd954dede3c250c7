using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Nodes;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Service;

public sealed partial class BatchServer
{
    /// <summary>A job that an operator wants to run before all others.</summary>
    private QueuedJob? _runFirst;

    private IEnumerable<QueuedJob> InOrder()
    {
        if (_runFirst is { } first && !_queue.IsQueued(first.Id))
            _runFirst = null;
        return _runFirst is null ? _queue.Queued : _queue.Queued.Where(j => j.Id != _runFirst.Id).Prepend(_runFirst);
    }

    private Reply RunNow(DateTimeOffset now, Caller caller, Request.Run request)
    {
        var (refusal, job) = _queue.PrepareRun(now, caller, request);
        if (job is null)
            return refusal!;
        var shapes = Shapes();
        var slots = NodeChoice.SlotsOf(job.Nodes);
        var potential = _pool.Potential(shapes);
        if (NodeChoice.Find(potential, job.Nodes, job.Hosts) is null)
        {
            var available = Math.Min(Math.Max(0, potential.Budget), potential.Slots.Sum(n => Math.Max(0, n)));
            return new Reply(PbsError.ResourceUnavailable,
                "Resource temporarily unavailable MSG=job allocation request exceeds currently available cluster nodes, " +
                $"{slots} requested, {available} available", Server: _pool.Server);
        }
        _runFirst = job;
        return new Reply(Server: _pool.Server);
    }

    /// <summary>The job has its slots; it starts when their moms are there.</summary>
    private void Assemble(DateTimeOffset now, QueuedJob job, IReadOnlyList<SlotShare> shares)
    {
        if (_runFirst?.Id == job.Id)
            _runFirst = null;
        _queue.Reserve(job.Id);
        _holdings[job.Id] = new Holding(job.Id, shares, job.Walltime is { } length ? Profile.End(now, length) : null);
    }

    private void StartAssembled(DateTimeOffset now)
    {
        foreach (var holding in _holdings.Values.Where(h => h.Launch is null).ToList())
        {
            if (!_queue.IsQueued(holding.Id))
                Drop(holding);
            else if (holding.Shares.All(s => _pool.Find(s.Node) is { IsReady: true }))
                Launch(now, holding, _queue.Place(now, holding.Id, holding.Shares, AddressOf));
        }
    }

    private void Launch(DateTimeOffset now, Holding holding, JobLaunch launch)
    {
        holding.Launch = launch;
        holding.Joining.Clear();
        holding.Joining.UnionWith(holding.Shares.Skip(1).Select(s => s.Node));
        foreach (var node in holding.Joining)
            Order(node, new MomOrder.Join(launch));
        if (holding.Joining.Count == 0)
            Begin(now, holding);
    }

    /// <summary>Its slots are free again.</summary>
    private void Drop(Holding holding)
    {
        _holdings.Remove(holding.Id);
        _queue.Unreserve(holding.Id);
        foreach (var share in holding.Shares)
            _pool.Find(share.Node)?.Return(share);
        _isDirty = true;
    }

    /// <summary>All of the job that may be left on its nodes is to end there.</summary>
    private void Forget(Holding holding)
    {
        if (holding.Launch is not { } launch)
            return;
        foreach (var share in holding.Shares)
            Order(share.Node, new MomOrder.Forget(launch.JobId, launch.Run));
    }

    private void Order(string node, MomOrder order) => _effects.Add(new ServerEffect.Order(node, order));

    private string AddressOf(string node) => _pool.Find(node)?.Address ?? node;

    private void Updated(DateTimeOffset now, TaskStatus status)
    {
        if (_pool.Updated(status) is not { } node)
            return;
        var why = $"{node.Name} was lost: {(status.Message.Length > 0 ? status.Message : status.State.ToString())}";
        if (node.HeldSlots == 0)
        {
            LoseNode(now, node, why);
            return;
        }
        // A part of the node was taken back: the newest jobs go.
        while (node.LacksHolds && _holdings.Values.LastOrDefault(h => IsOn(h, node)) is { } newest)
            Lose(now, newest, node.Name, why);
    }

    private void LoseNode(DateTimeOffset now, PoolNode node, string why)
    {
        foreach (var holding in _holdings.Values.Where(h => IsOn(h, node)).ToList())
            Lose(now, holding, node.Name, why);
    }

    private void Lose(DateTimeOffset now, Holding holding, string node, string why)
    {
        if (holding.Launch is { } launch)
        {
            Forget(holding);
            _queue.NodeLost(now, holding.Id, launch.Run, node, why);
        }
        Drop(holding);
    }

    private static bool IsOn(Holding holding, PoolNode node) => holding.Shares.Any(s => s.Node == node.Name);

    /// <summary>After a start: the jobs that hold slots, as the former life of this server left them.</summary>
    private void RestorePlaced()
    {
        foreach (var placed in _queue.Placed)
        {
            var placement = _queue.PlacementOf(placed.Id)!;
            _holdings[placed.Id] = new Holding(placed.Id, placed.Shares, placed.EndsBy)
            {
                Launch = placement.Launch,
                HasStarted = placement.HasStarted,
            };
            foreach (var share in placed.Shares)
                _pool.Known(share.Node).Take(share);
        }
    }

    /// <summary>Jobs hold slots of which the master has not said anything yet.</summary>
    private bool MissesHolds() => _pool.Nodes.Any(n => n.LacksHolds);
}
