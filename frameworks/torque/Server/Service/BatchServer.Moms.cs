using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Service;

public sealed partial class BatchServer
{
    /// <summary>A mom is there, or there again.</summary>
    /// <param name="executor">Which of the node's moms it is.</param>
    /// <returns>False if it is one whose time is over.</returns>
    public bool MomConnected(DateTimeOffset now, MomReport.Hello hello, string executor)
    {
        if (_pool.Find(hello.Node) is not { } node || (node.Executor is { } expected && expected.ToString() != executor))
        {
            // A server that has just started hears of its moms from themselves before the master speaks of them.
            if (_pool.Find(hello.Node)?.Executor is not null || !_holdings.Values.Any(h => h.Shares.Any(s => s.Node == hello.Node)))
                return false;
            node = _pool.Known(hello.Node);
        }
        node.Executor ??= new ExecutorId(executor);
        node.Connected = executor;
        _isDirty = true;
        var runs = hello.Jobs.ToDictionary(j => (j.JobId, j.Run));
        foreach (var holding in _holdings.Values.Where(h => h.Launch is not null && IsOn(h, node)).ToList())
        {
            var launch = holding.Launch!;
            var isKnown = runs.Remove((launch.JobId, launch.Run), out var run);
            if (holding.FirstNode != node.Name)
            {
                if (isKnown && !holding.Joining.Contains(node.Name))
                    continue;
                if (holding.HasStarted)
                    Lose(now, holding, node.Name, $"{node.Name} has lost the job");
                else
                    Order(node.Name, new MomOrder.Join(launch));
            }
            else if (isKnown)
            {
                if (!holding.HasStarted && run!.Session > 0)
                    Started(now, holding, new MomReport.Started(launch.JobId, launch.Run, run.Session));
            }
            else if (holding.HasStarted)
            {
                Lose(now, holding, node.Name, $"{node.Name} has lost the job");
            }
            else if (holding.Joining.Count == 0)
            {
                Begin(now, holding);
            }
        }
        // What else the mom has is the queue's to tell: whom it is to forget, and what it is to end.
        _queue.Hello(now, hello);
        return true;
    }

    public void MomDisconnected(string name, string executor)
    {
        if (_pool.Find(name) is { } node && node.Connected == executor)
            node.Connected = null;
    }

    /// <summary>What a connected mom says, but for <see cref="MomReport.Hello"/>.</summary>
    public void Handle(DateTimeOffset now, string node, MomReport report)
    {
        switch (report)
        {
            case MomReport.Joined joined:
                Joined(now, node, joined);
                break;
            case MomReport.Started started when HoldingOf(started.JobId, started.Run) is { } holding:
                Started(now, holding, started);
                break;
            case MomReport.Used used when HoldingOf(used.JobId, used.Run) is not null:
                _queue.Used(now, node, used);
                break;
            case MomReport.Ended ended:
                Ended(now, node, ended);
                break;
        }
    }

    /// <summary>One of the job's other nodes is ready for it, or cannot be.</summary>
    private void Joined(DateTimeOffset now, string node, MomReport.Joined joined)
    {
        if (HoldingOf(joined.JobId, joined.Run) is not { } holding || !holding.Joining.Contains(node))
            return;
        if (joined.Port == 0)
        {
            Forget(holding);
            _queue.StartFailed(now, holding.Id, joined.Run, $"{node} could not join: {joined.Error}", retry: true);
            Drop(holding);
            return;
        }
        holding.Joining.Remove(node);
        holding.Launch = holding.Launch! with
        {
            Hosts = [.. holding.Launch.Hosts.Select(h => h.Name == node ? h with { Port = joined.Port } : h)],
        };
        if (holding.Joining.Count == 0)
            Begin(now, holding);
    }

    /// <summary>All nodes are there: the script runs, unless the job was deleted meanwhile.</summary>
    private void Begin(DateTimeOffset now, Holding holding)
    {
        var launch = holding.Launch!;
        if (_queue.PlacementOf(holding.Id) is { IsEnding: false })
        {
            Order(holding.FirstNode, new MomOrder.Start(launch));
            return;
        }
        Forget(holding);
        _queue.StartFailed(now, holding.Id, launch.Run, "it was deleted before it began", retry: false);
        Drop(holding);
    }

    private void Started(DateTimeOffset now, Holding holding, MomReport.Started started)
    {
        holding.HasStarted = true;
        _queue.Started(now, holding.FirstNode, started);
    }

    private void Ended(DateTimeOffset now, string node, MomReport.Ended ended)
    {
        if (HoldingOf(ended.JobId, ended.Run) is not { } holding)
        {
            // It is known already, and the mom has not heard so.
            Order(node, new MomOrder.Forget(ended.JobId, ended.Run));
            return;
        }
        _queue.Ended(now, node, ended);
        // The queue's change comes first among the effects, so that the mom forgets only what is on the disk.
        TakeQueueEffects();
        Forget(holding);
        Drop(holding);
    }

    private Holding? HoldingOf(string jobId, int run) =>
        JobId.TryParse(jobId, out var id, out _) && _holdings.TryGetValue(id, out var holding) && holding.Launch?.Run == run
            ? holding : null;
}
