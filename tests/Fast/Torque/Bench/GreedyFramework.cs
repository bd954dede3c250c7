using System.Globalization;
using Agora.Tests.Fast.Cluster;

namespace Agora.Tests.Fast.Torque;

/// <summary>Fills all that it is offered with tasks of one processor, of lengths by chance.</summary>
internal sealed class GreedyFramework
{
    private static readonly Resources PerTask = Resources.Of(1, 256);

    private readonly BatchServerBench _bench;
    private readonly double _taskSeconds;
    private readonly int _tasksMax;
    private readonly Random _random;
    private readonly HashSet<TaskId> _running = [];
    private BenchScheduler _connection = null!;
    private int _tasks;

    public GreedyFramework(BatchServerBench bench, double taskSeconds, int seed, int tasksMax)
    {
        (_bench, _taskSeconds, _tasksMax, _random) = (bench, taskSeconds, tasksMax, new Random(seed));
        Connect();
    }

    public int Running => _running.Count;

    public void Connect()
    {
        _connection = _bench.Master.Connect();
        _connection.Call(new SchedulerCall.Subscribe(new FrameworkInfo(new FrameworkId("greedy"), "greedy", Role: "greedy",
            FailoverTimeout: TimeSpan.FromDays(1))));
    }

    public bool Tick()
    {
        if (_bench.IsMasterDown)
            return false;
        var events = _connection.Inbox.ToList();
        _connection.Inbox.Clear();
        foreach (var e in events)
        {
            switch (e)
            {
                case SchedulerEvent.Offers(var offers):
                    foreach (var offer in offers.Where(o => _connection.Offers.Any(held => held.Id == o.Id)).ToList())
                        Take(offer);
                    break;
                case SchedulerEvent.Update(var status):
                    if (status.State.IsTerminal())
                        _running.Remove(status.TaskId);
                    if (status.Sequence > 0)
                        _connection.Acknowledge(status);
                    break;
            }
        }
        return events.Count > 0;
    }

    private void Take(Offer offer)
    {
        var fit = (int)Math.Min(offer.Resources.MilliCpus / 1000, offer.Resources.MemBytes / PerTask.MemBytes);
        List<TaskSpec> tasks = [];
        for (; fit > 0 && _running.Count < _tasksMax; fit--)
        {
            var id = new TaskId($"greedy-{++_tasks}");
            _running.Add(id);
            var length = _taskSeconds * (0.5 + _random.NextDouble());
            tasks.Add(new TaskSpec(id, id.Value, offer.AgentId, PerTask,
                new CommandSpec([length.ToString(CultureInfo.InvariantCulture)])));
        }
        if (tasks.Count > 0)
            _connection.Accept(offer, [.. tasks]);
        else
            _connection.Decline(offer, TimeSpan.FromSeconds(5));
    }
}
