using Agora.Cluster;
using Agora.Cluster.Allocation;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Throughput;

/// <summary>
/// Task life-cycles through the real master alone, without a wire: offer, accept, launch, running, acknowledgement,
/// finished, acknowledgement. Shows that a life-cycle's cost does not grow with the number of agents.
/// </summary>
internal sealed class InMemoryLifeCycles
{
    private const int Frameworks = 200, Runs = 3, Cycles = 60_000;

    /// <summary>After so many each framework has as many completed tasks as the master keeps.</summary>
    private const int WarmUp = Frameworks * 1_100;
    private static readonly Resources PerAgent = Resources.Of(2, 4096), PerTask = Resources.Of(2, 4096);

    private readonly Loop _loop;

    private InMemoryLifeCycles(int agents) => _loop = new Loop(agents);

    public static Row Measure(int agents)
    {
        var cycles = Start(agents);
        return new Row($"in-memory-life-cycles-{agents}-agents", "tasks/s CPU", Measures.Median(Runs, () => Cycles / (cycles.Milliseconds(Cycles) / 1000)));
    }

    /// <summary>A cluster that is full.</summary>
    public static InMemoryLifeCycles Start(int agents)
    {
        var cycles = new InMemoryLifeCycles(agents);
        cycles._loop.Run(WarmUp);
        return cycles;
    }

    /// <returns>Processor time for so many tasks.</returns>
    public double Milliseconds(int cycles)
    {
        var before = Environment.CpuUsage.TotalTime;
        _loop.Run(cycles);
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    /// <summary>Every framework takes each offer whole with one task; running tasks end one after the other.</summary>
    private sealed class Loop
    {
        private readonly Master _master = new(new MasterOptions { AllocationDelay = TimeSpan.Zero }, new DrfAllocator(), DateTimeOffset.UnixEpoch);
        private readonly Queue<(long AgentConnection, FrameworkId Framework, TaskId Task, AgentId Agent)> _running = new();
        private readonly Queue<MasterEvent> _inbox = new();
        private readonly Dictionary<AgentId, long> _agents = [];
        private readonly Dictionary<FrameworkId, long> _frameworks = [];
        private readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch;
        private long _tasks;

        public Loop(int agents)
        {
            for (var i = 0; i < agents; i++)
            {
                var id = new AgentId($"agent-1-{i}");
                _agents.Add(id, 1_000_000 + i);
                Feed(new MasterEvent.AgentCalled(1_000_000 + i, new AgentCall.Register(
                    new AgentInfo(id, $"node{i}", "127.0.0.1", 1, PerAgent, Attributes.Empty), [], [], [])));
            }
            for (var i = 0; i < Frameworks; i++)
            {
                var id = new FrameworkId($"framework-1-{i}");
                _frameworks.Add(id, i + 1);
                Feed(new MasterEvent.SchedulerCalled(i + 1, new SchedulerCall.Subscribe(new FrameworkInfo(id, $"f{i}"))));
            }
        }

        public void Run(int cycles)
        {
            for (var i = 0; i < cycles; i++)
            {
                var (connection, framework, task, agent) = _running.Dequeue();
                Status(connection, framework, task, agent, TaskState.Finished, 2);
            }
        }

        private void Status(long connection, FrameworkId framework, TaskId task, AgentId agent, TaskState state, long sequence)
        {
            Feed(new MasterEvent.AgentCalled(connection, new AgentCall.Update(framework, new TaskStatus(task, state,
                StatusSource.Agent, StatusReason.None, "", _now, agent, Sequence: sequence), state)));
        }

        private void Feed(MasterEvent e)
        {
            _inbox.Enqueue(e);
            while (_inbox.TryDequeue(out var next))
                foreach (var effect in _master.Handle(_now, next))
                    React(effect);
        }

        private void React(MasterEffect effect)
        {
            switch (effect)
            {
                case MasterEffect.ToScheduler(var connection, SchedulerEvent.Offers(var offers)):
                    foreach (var offer in offers)
                    {
                        var task = new TaskSpec(new TaskId($"t{++_tasks}"), "t", offer.AgentId, PerTask, new CommandSpec(["true"]));
                        _inbox.Enqueue(new MasterEvent.SchedulerCalled(connection, new SchedulerCall.Accept([offer.Id], [task])));
                    }
                    break;
                case MasterEffect.ToScheduler(var connection, SchedulerEvent.Update(var status)):
                    _inbox.Enqueue(new MasterEvent.SchedulerCalled(connection,
                        new SchedulerCall.Acknowledge(status.AgentId!.Value, status.TaskId, status.Sequence)));
                    break;
                case MasterEffect.ToAgent(var connection, AgentCommand.RunTasks(var framework, var tasks)):
                    foreach (var task in tasks)
                    {
                        _inbox.Enqueue(new MasterEvent.AgentCalled(connection, new AgentCall.Update(framework.Id!.Value,
                            new TaskStatus(task.Id, TaskState.Running, StatusSource.Agent, StatusReason.None, "", _now,
                                task.AgentId, Sequence: 1), TaskState.Running)));
                        _running.Enqueue((connection, framework.Id.Value, task.Id, task.AgentId));
                    }
                    break;
            }
        }
    }
}
