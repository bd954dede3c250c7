using Agora.Cluster;
using Agora.Daemon.Hosting;
using Agora.Election;
using Agora.Simulation;

namespace Agora.Workloads.Emulated;

/// <summary>
/// Thousands of emulated agents in one process: each is the real <see cref="Agent"/> and speaks the real protocol to the
/// master on a stream of its own; only its containers are not real, they pass time. One loop owns all of them.
/// </summary>
internal sealed class AgentFleet : IAsyncDisposable
{
    private sealed record FleetEvent(int Agent, AgentEvent Event);

    /// <summary>A container's end that is due, or, without one, an agent's own deadline.</summary>
    private readonly record struct Due(int Agent, ContainerId? Container);

    private sealed class Member(Agent machine)
    {
        public Agent Machine { get; } = machine;

        /// <summary>The deadline of it that stands in the queue.</summary>
        public DateTimeOffset Armed { get; set; } = DateTimeOffset.MaxValue;

        /// <summary>Of the master it is registered with; 0 before.</summary>
        public long Epoch { get; set; }
        public HashSet<ContainerId> Containers { get; } = [];
    }

    private readonly Member[] _members;
    private readonly FleetLinks _links;
    private readonly Pump<FleetEvent> _pump;
    private readonly PriorityQueue<Due, DateTimeOffset> _due = new();
    private readonly Queue<FleetEvent> _next = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SortedDictionary<long, int> _registered = [];
    private Task _running = Task.CompletedTask;
    private long _tasksEnded;

    /// <param name="masters">Where the leader is found.</param>
    /// <param name="connections">TCP connections that the agents' streams are spread over.</param>
    public AgentFleet(MasterLocation masters, int agents, Resources perAgent, int connections, TimeProvider time)
    {
        _time = time;
        var tokens = 0L;
        _members = [.. Enumerable.Range(0, agents).Select(i => new Member(new Agent(
            new AgentInfo(null, $"node{i}", "127.0.0.1", 1, perAgent, Attributes.Empty),
            new AgentOptions { Seed = (ulong)i }, () => $"{++tokens}", time.GetUtcNow())))];
        _pump = new Pump<FleetEvent>(time, Handle, NextDeadline);
        _links = new FleetLinks(masters, connections, (agent, e) => _pump.PostAsync(new FleetEvent(agent, e)), ElectedAsync, _stop.Token);
    }

    /// <summary>Tasks that have ended, in all.</summary>
    public long TasksEnded => Volatile.Read(ref _tasksEnded);

    /// <summary>Brings all agents up at once.</summary>
    public void Start() => _running = Task.Factory.StartNew(async () =>
    {
        for (var i = 0; i < _members.Length; i++)
            Handle(_time.GetUtcNow(), new FleetEvent(i, new AgentEvent.Tick()));
        await _pump.RunAsync(_stop.Token);
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>Agents that are registered with a master of at least this epoch.</summary>
    public Task<int> RegisteredAsync(long epoch) => _pump.AskAsync(() => _registered.Where(r => r.Key >= epoch).Sum(r => r.Value));

    /// <summary>Tasks that run on the agents.</summary>
    public Task<int> RunningAsync() => _pump.AskAsync(() => _members.Sum(m => m.Containers.Count));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _links.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ElectedAsync()
    {
        for (var i = 0; i < _members.Length; i++)
            await _pump.PostAsync(new FleetEvent(i, new AgentEvent.MasterElected()));
    }

    private DateTimeOffset? NextDeadline() => _due.TryPeek(out _, out var at) ? at : null;

    private void Handle(DateTimeOffset now, FleetEvent? e)
    {
        if (e is not null)
            _next.Enqueue(e);
        else
            HandleDue(now);
        while (_next.TryDequeue(out var next))
            Step(now, next);
    }

    private void HandleDue(DateTimeOffset now)
    {
        while (_due.TryPeek(out var due, out var at) && at <= now)
        {
            _due.Dequeue();
            var member = _members[due.Agent];
            if (due.Container is { } container)
            {
                End(due.Agent, container, 0);
                continue;
            }
            if (at != member.Armed)
                continue;
            member.Armed = DateTimeOffset.MaxValue;
            if (member.Machine.NextDeadline <= now)
                _next.Enqueue(new FleetEvent(due.Agent, new AgentEvent.Tick()));
            else
                Arm(due.Agent);
        }
    }

    private void Step(DateTimeOffset now, FleetEvent next)
    {
        var member = _members[next.Agent];
        if (next.Event is AgentEvent.MasterCommanded(_, AgentCommand.Registered registered))
            Count(member, registered.Epoch);
        foreach (var effect in member.Machine.Handle(now, next.Event))
            Do(now, next.Agent, effect);
        Arm(next.Agent);
    }

    private void Do(DateTimeOffset now, int agent, AgentEffect effect)
    {
        switch (effect)
        {
            case AgentEffect.ConnectToMaster(var connection): _links.Connect(agent, connection); break;
            case AgentEffect.DisconnectFromMaster(var connection): _links.Disconnect(agent, connection); break;
            case AgentEffect.ToMaster(var connection, var call): _links.Send(agent, connection, call); break;
            case AgentEffect.LaunchContainer launch:
                _members[agent].Containers.Add(launch.Container);
                _next.Enqueue(new FleetEvent(agent, new AgentEvent.ContainerStarted(launch.Container)));
                _due.Enqueue(new Due(agent, launch.Container), now + TaskBody.Parse(launch.Command.Arguments).Duration);
                break;
            case AgentEffect.KillContainer(var container, _): End(agent, container, 128 + 15); break;
            case AgentEffect.Exit(var failure): throw new WrongOutputException($"agent {agent} ends: {failure}");
        }
    }

    private void End(int agent, ContainerId container, int exitCode)
    {
        if (!_members[agent].Containers.Remove(container))
            return;
        Volatile.Write(ref _tasksEnded, _tasksEnded + 1);
        _next.Enqueue(new FleetEvent(agent, new AgentEvent.ContainerExited(container, new ContainerResult(exitCode))));
    }

    private void Arm(int agent)
    {
        var member = _members[agent];
        if (member.Machine.NextDeadline is not { } next || next >= member.Armed)
            return;
        member.Armed = next;
        _due.Enqueue(new Due(agent, null), next);
    }

    private void Count(Member member, long epoch)
    {
        if (epoch < member.Epoch)
            return;
        if (member.Epoch > 0)
            _registered[member.Epoch]--;
        member.Epoch = epoch;
        _registered[epoch] = _registered.GetValueOrDefault(epoch) + 1;
    }
}
