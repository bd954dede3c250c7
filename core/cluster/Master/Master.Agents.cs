using System.Runtime.InteropServices;

namespace Agora.Cluster;

public sealed partial class Master
{
    private const string Replaced = "a new agent has registered in its place";

    private long _lastAgent;

    /// <summary>The agents at each place: one, but while nobody knows yet that a former one will not come back.</summary>
    private readonly Dictionary<(string Hostname, string Address, int FilePort), List<AgentEntry>> _places = [];

    private void Register(long connection, AgentCall.Register call)
    {
        if (CheckRegistration(connection, call) is { } wrong)
        {
            _counters.CallsRefused++;
            Send(connection, new AgentCommand.Refused(wrong));
            _effects.Add(new MasterEffect.Close(connection));
            return;
        }
        if (call.Agent.Id is { } named && TurnAway(connection, named, call))
            return;
        if (call.Agent.Id is null)
            RemoveLostAt(PlaceOf(call.Agent));
        var id = call.Agent.Id ?? new AgentId($"{_agentPrefix}{++_lastAgent}");
        var info = call.Agent with { Id = id };
        if (_agents.TryGetValue(id, out var agent))
        {
            DropChallenger(agent);
            DropConnection(agent);
            LeaveAccounts(agent);
        }
        else
        {
            _agents.Add(id, agent = new AgentEntry(id, info, _now));
        }
        LeavePlace(agent);
        agent.Info = info;
        (CollectionsMarshal.GetValueRefOrAddDefault(_places, PlaceOf(info), out _) ??= new List<AgentEntry>(1)).Add(agent);
        agent.Connection = connection;
        agent.Instance = call.Instance;
        agent.PingsMissed = 0;
        agent.Condition = AgentCondition.Active;
        agent.Windows = WindowsOf(info.Hostname);
        _agentConnections.Add(connection, agent);
        _pings.Enqueue((agent, connection, _now + _options.PingInterval));
        _allocator.AddAgent(id, info.Hostname, info.Resources);
        Send(connection, new AgentCommand.Registered(id, Epoch, AbsenceMax));
        foreach (var framework in call.Frameworks)
            AdmitReported(agent, framework);
        TakeOverTasks(agent, call);
        Reconsider(agent);
        TouchInverse(agent);
    }

    /// <summary>
    /// A new agent where a former one was, which has lost what it knew of itself: nobody comes back from there, and tasks must not
    /// be waited for.
    /// </summary>
    private void RemoveLostAt((string Hostname, string Address, int FilePort) place)
    {
        if (!_places.TryGetValue(place, out var there))
            return;
        foreach (var lost in there.Where(a => a.Connection is null).ToList())
            RemoveAgent(lost, Replaced);
    }

    private void LeavePlace(AgentEntry agent)
    {
        var place = PlaceOf(agent.Info);
        if (_places.TryGetValue(place, out var there) && there.Remove(agent) && there.Count == 0)
            _places.Remove(place);
    }

    private static (string Hostname, string Address, int FilePort) PlaceOf(AgentInfo info) => (info.Hostname, info.Address, info.FilePort);

    private string? CheckRegistration(long connection, AgentCall.Register call)
    {
        if (_agentConnections.TryGetValue(connection, out var already) || _challengers.TryGetValue(connection, out already))
            return $"this connection has registered {already.Id} already";
        var info = call.Agent;
        if (info.Hostname.Length == 0)
            return "the agent has no hostname";
        if (info.Resources.IsEmpty)
            return $"agent '{info.Hostname}' has no resources";
        var used = Resources.Empty;
        var named = new HashSet<(FrameworkId, string)>();
        foreach (var (framework, executor) in call.Executors)
        {
            if (!named.Add((framework, executor.Id.Value)))
                return $"agent '{info.Hostname}' names executor '{executor.Id}' of {framework} twice";
            used += executor.Resources;
        }
        named.Clear();
        foreach (var (framework, task, latest) in call.Tasks)
        {
            if (!named.Add((framework, task.Id.Value)))
                return $"agent '{info.Hostname}' names task '{task.Id}' of {framework} twice";
            if (!latest.IsTerminal())
                used += task.Resources;
        }
        return info.Resources.Contains(used) ? null
            : $"agent '{info.Hostname}' has [{info.Resources}] but its tasks use [{used}]; give it at least that, or end them";
    }

    /// <summary>A framework that the agent names and this master has not met yet has its failover time to subscribe.</summary>
    private void AdmitReported(AgentEntry agent, FrameworkInfo info)
    {
        if (info.Id is not { } id)
            return;
        if (_completedIds.Contains(id))
        {
            Send(agent.Connection!.Value, new AgentCommand.ShutdownFramework(id));
        }
        else if (!_frameworks.ContainsKey(id))
        {
            var framework = Admit(info);
            var patience = info.FailoverTimeout > AbsenceMax ? info.FailoverTimeout : AbsenceMax;
            _failovers.Enqueue((framework, framework.Subscriptions), Later(_now, patience));
        }
    }

    /// <summary>Brings what is known of the agent's tasks into line with what it says runs there.</summary>
    private void TakeOverTasks(AgentEntry agent, AgentCall.Register call)
    {
        var before = agent.Executors.Keys.ToList();
        agent.Executors.Clear();
        foreach (var (frameworkId, executor) in call.Executors)
        {
            if (!_frameworks.TryGetValue(frameworkId, out var framework))
                continue;
            agent.Executors[(frameworkId, executor.Id)] = executor;
            framework.Agents.Add(agent.Id);
            _allocator.Claim(frameworkId, agent.Id, executor.Resources);
        }
        foreach (var key in before)
            if (!agent.Executors.ContainsKey(key) && _frameworks.TryGetValue(key.Item1, out var owner))
                Send(owner, new SchedulerEvent.ExecutorLost(agent.Id, key.Item2, null, "its agent came back without it"));
        var reported = new HashSet<(FrameworkId, TaskId)>();
        foreach (var (frameworkId, spec, latest) in call.Tasks)
        {
            if (_frameworks.TryGetValue(frameworkId, out var framework))
            {
                reported.Add((frameworkId, spec.Id));
                TakeOver(agent, framework, spec, latest);
            }
        }
        foreach (var (key, task) in agent.Tasks.ToList())
        {
            if (reported.Contains(key))
                continue;
            if (task.State.IsTerminal() && !call.Restarted)
            {
                // A process that goes on forgets an ended task only once its end was acknowledged, be it by way of a former leader.
                Complete(task);
                continue;
            }
            var neverArrived = task.State == TaskState.Staging && !call.Restarted;
            EndWithAgent(task, neverArrived ? TaskState.Dropped : TaskState.Gone, StatusReason.AgentRestarted,
                neverArrived ? "the launch did not reach its agent" : "its agent came back without it");
        }
    }

    /// <summary>The agent will say no more of the task. How it ended may not have been told, though that it has is known.</summary>
    private void EndWithAgent(TaskEntry task, TaskState state, StatusReason reason, string why)
    {
        if (!task.State.IsTerminal())
        {
            EndTask(task, state, reason, why);
        }
        else if (task.TerminalSequence is null)
        {
            Tell(task, new TaskStatus(task.Spec.Id, state, StatusSource.Master, reason, why, _now, task.Agent.Id,
                task.Spec.Executor?.Id));
        }
        Complete(task);
    }

    private void TakeOver(AgentEntry agent, FrameworkEntry framework, TaskSpec spec, TaskState latest)
    {
        if (!framework.Tasks.TryGetValue(spec.Id, out var task))
        {
            task = new TaskEntry(framework, agent, spec, ++_lastTask) { Charged = false };
            framework.Tasks.Add(spec.Id, task);
            framework.Agents.Add(agent.Id);
        }
        else if (task.Agent != agent)
        {
            // Two agents claim one task id: the one launched by this master stands, the other is ended.
            Send(agent.Connection!.Value, new AgentCommand.KillTask(framework.Id, spec.Id, null, StatusReason.TaskInvalid));
            return;
        }
        agent.Tasks[(framework.Id, spec.Id)] = task;
        if (!latest.IsTerminal())
        {
            _allocator.Claim(framework.Id, agent.Id, spec.Resources);
            task.Charged = true;
        }
        var cameBack = task.State == TaskState.Unreachable;
        task.State = latest;
        if (cameBack && !latest.IsTerminal())
        {
            Tell(task, new TaskStatus(spec.Id, latest, StatusSource.Master, StatusReason.None,
                "its agent is back", _now, agent.Id, spec.Executor?.Id));
        }
        if (task.PendingKill is { } kill)
        {
            task.PendingKill = null;
            Send(agent.Connection!.Value, kill);
        }
        KillEarly(task);
    }

    /// <summary>Rescinds the agent's offers and takes it and all held of it out of the accounts.</summary>
    private void LeaveAccounts(AgentEntry agent)
    {
        RescindAll(agent.Offers.Values);
        if (agent.Condition == AgentCondition.Unreachable)
            return;
        var held = new List<(FrameworkId, Resources)>();
        foreach (var ((framework, _), executor) in agent.Executors)
            held.Add((framework, executor.Resources));
        foreach (var task in agent.Tasks.Values)
        {
            if (!task.Charged)
                continue;
            task.Charged = false;
            held.Add((task.Framework.Id, task.Spec.Resources));
        }
        _allocator.RemoveAgent(agent.Id, held);
    }

    private void DropConnection(AgentEntry agent)
    {
        if (agent.Connection is not { } connection)
            return;
        _agentConnections.Remove(connection);
        _effects.Add(new MasterEffect.Close(connection));
        agent.Connection = null;
    }

    private void AgentConnectionGone(long connection)
    {
        if (_challengers.Remove(connection, out var challenged))
        {
            challenged.Challenger = null;
            return;
        }
        if (!_agentConnections.Remove(connection, out var agent))
            return;
        BecomeAbsent(agent);
        GiveWay(agent);
    }

    /// <summary>An absent agent's place goes to who has come to it before its end was seen.</summary>
    private void GiveWay(AgentEntry agent)
    {
        AdmitChallenger(agent);
        if (agent.Connection is not null)
            return;
        // They stand in the order in which they came: a former one that seems connected is one whose end nobody has seen.
        var there = _places[PlaceOf(agent.Info)];
        if (there.Skip(there.IndexOf(agent) + 1).Any(a => a.Connection is not null))
            RemoveAgent(agent, Replaced);
    }

    /// <summary>It is not connected, but what runs there is still held to be its own.</summary>
    private void BecomeAbsent(AgentEntry agent)
    {
        agent.Connection = null;
        agent.Condition = AgentCondition.Disconnected;
        agent.DisconnectedSince = _now;
        _absences.Enqueue((agent, _now, _now + AbsenceMax));
        RescindAll(agent.Offers.Values);
        _allocator.SetOfferable(agent.Id, false);
    }

    private void BecomeUnreachable(AgentEntry agent)
    {
        LeaveAccounts(agent);
        agent.Condition = AgentCondition.Unreachable;
        agent.Executors.Clear();
        foreach (var task in agent.Tasks.Values)
        {
            if (task.State.IsTerminal() && task.TerminalSequence is not null)
                continue;
            // What ended unheard keeps its state, since its resources are free already.
            if (!task.State.IsTerminal())
                task.State = TaskState.Unreachable;
            Tell(task, new TaskStatus(task.Spec.Id, TaskState.Unreachable, StatusSource.Master,
                StatusReason.AgentUnreachable, $"agent {agent.Info.Hostname} is not heard of", _now, agent.Id,
                task.Spec.Executor?.Id));
        }
        TouchInverse(agent);
        TellLost(agent, $"not heard of for {AbsenceMax.TotalSeconds:0.#} s");
    }

    /// <summary>The agent is gone for good; so is what ran there.</summary>
    private void RemoveAgent(AgentEntry agent, string why, TaskState state = TaskState.Gone, StatusReason reason = StatusReason.AgentRemoved)
    {
        DropChallenger(agent);
        DropConnection(agent);
        LeaveAccounts(agent);
        _agents.Remove(agent.Id);
        LeavePlace(agent);
        foreach (var task in agent.Tasks.Values.ToList())
            EndWithAgent(task, state, reason, why);
        EndInverse(agent.InverseOffers.Values);
        TellLost(agent, why);
    }

    private void TellLost(AgentEntry agent, string why)
    {
        foreach (var framework in _frameworks.Values)
            Send(framework, new SchedulerEvent.AgentLost(agent.Id, agent.Info.Hostname, why));
    }

    private void ExecutorExited(AgentEntry agent, AgentCall.ExecutorExited exited)
    {
        var key = (exited.FrameworkId, exited.ExecutorId);
        if (!agent.Executors.TryGetValue(key, out var executor))
            return;
        // A launch that is still under way starts it anew; then it goes on holding what it held.
        if (!agent.Tasks.Values.Any(t => t.State == TaskState.Staging && t.Framework.Id == exited.FrameworkId &&
            t.Spec.Executor?.Id == exited.ExecutorId))
        {
            agent.Executors.Remove(key);
            _allocator.Release(exited.FrameworkId, agent.Id, executor.Resources);
            TouchInverse(agent);
            // They say that the executor runs; who takes one at its word would not leave room for another.
            RescindAll([.. agent.Offers.Values.Where(o => o.Framework.Id == exited.FrameworkId)]);
        }
        if (_frameworks.TryGetValue(exited.FrameworkId, out var framework))
            Send(framework, new SchedulerEvent.ExecutorLost(agent.Id, exited.ExecutorId, exited.ExitCode, exited.Reason));
    }

    private void PassOn(AgentEntry agent, AgentCall.Message message)
    {
        if (_frameworks.TryGetValue(message.FrameworkId, out var framework))
            Send(framework, new SchedulerEvent.Message(agent.Id, message.ExecutorId, message.Data));
    }
}
