namespace Agora.Cluster;

public sealed partial class Master
{
    private long _lastTask;

    private void Accept(FrameworkEntry framework, SchedulerCall.Accept accept, IReadOnlyDictionary<TaskId, string>? denied)
    {
        if (CheckOffers(framework, accept) is { } wrong)
        {
            RefuseLaunch(framework, accept, wrong);
            return;
        }
        var offers = accept.Offers.Select(id => framework.Offers[id]).ToList();
        var agent = offers[0].Agent;
        var left = Resources.Empty;
        foreach (var offer in offers)
        {
            TakeOff(offer);
            left += offer.Offer.Resources;
        }
        framework.OffersAccepted += offers.Count;
        _counters.OffersAccepted += offers.Count;
        var launched = new List<TaskSpec>(accept.Tasks.Count);
        foreach (var spec in accept.Tasks)
        {
            var needed = Needed(framework, agent, spec);
            if (CheckTask(framework, agent, spec, needed, left) is { } invalid)
            {
                EndUnstarted(framework, agent, spec, StatusReason.TaskInvalid, invalid);
                continue;
            }
            if (denied?.GetValueOrDefault(spec.Id) is { } unauthorized)
            {
                EndUnstarted(framework, agent, spec, StatusReason.TaskUnauthorized, unauthorized);
                continue;
            }
            left -= needed;
            Launch(framework, agent, spec);
            launched.Add(spec);
        }
        if (launched.Count > 0)
            Send(agent.Connection!.Value, new AgentCommand.RunTasks(framework.Info, launched));
        _allocator.Release(framework.Id, agent.Id, left);
        RefuseRest(framework, agent, left, accept.Refuse);
    }

    private void EndUnstarted(FrameworkEntry framework, AgentEntry agent, TaskSpec spec, StatusReason reason, string why) =>
        Send(framework, new SchedulerEvent.Update(new TaskStatus(spec.Id, TaskState.Error, StatusSource.Master,
            reason, why, _now, agent.Id, spec.Executor?.Id)));

    /// <summary>What is wrong with the offers named, or null. An Accept is carried out on all of them or on none.</summary>
    private string? CheckOffers(FrameworkEntry framework, SchedulerCall.Accept accept)
    {
        if (accept.Offers.Count == 0)
            return "it names no offer";
        if (accept.Tasks.Count > _options.Limits.TasksPerAcceptMax)
            return $"{accept.Tasks.Count} tasks, more than {_options.Limits.TasksPerAcceptMax}";
        AgentEntry? agent = null;
        for (var i = 0; i < accept.Offers.Count; i++)
        {
            var id = accept.Offers[i];
            for (var j = 0; j < i; j++)
                if (accept.Offers[j] == id)
                    return $"it names {id} twice";
            if (!framework.Offers.TryGetValue(id, out var entry))
                return $"{id} is not held by {framework.Id} (used, rescinded, or never made)";
            if (agent is not null && agent != entry.Agent)
                return $"its offers are of two agents, {agent.Id} and {entry.Agent.Id}; accept each agent's apart";
            agent = entry.Agent;
        }
        return null;
    }

    private void RefuseLaunch(FrameworkEntry framework, SchedulerCall.Accept accept, string why)
    {
        _counters.CallsRefused++;
        foreach (var spec in accept.Tasks)
        {
            Send(framework, new SchedulerEvent.Update(new TaskStatus(spec.Id,
                TaskState.Dropped.For(framework.Info.Capabilities), StatusSource.Master, StatusReason.InvalidOffers,
                $"not launched: {why}", _now, spec.AgentId, spec.Executor?.Id)));
        }
        if (accept.Tasks.Count == 0)
            Send(framework, new SchedulerEvent.Error($"accept refused: {why}", Fatal: false));
    }

    private static Resources Needed(FrameworkEntry framework, AgentEntry agent, TaskSpec spec) =>
        spec.Executor is { } executor && !agent.Executors.ContainsKey((framework.Id, executor.Id))
            ? spec.Resources + executor.Resources : spec.Resources;

    private string? CheckTask(FrameworkEntry framework, AgentEntry agent, TaskSpec spec, Resources needed, Resources left)
    {
        var limits = _options.Limits;
        if (!IsId(spec.Id.Value, limits))
            return $"task id '{Shown(spec.Id.Value)}' is empty, longer than {limits.IdLengthMax}, or has blanks or '/' in it";
        if (framework.Tasks.ContainsKey(spec.Id))
            return $"{framework.Id} has a task '{spec.Id}' already";
        if (spec.AgentId != agent.Id)
            return $"task '{spec.Id}' names agent {spec.AgentId} but the offer is of {agent.Id}";
        if (spec.Command is null == spec.Executor is null)
            return $"task '{spec.Id}' must have either a command or an executor";
        if ((spec.Command ?? spec.Executor!.Command).Arguments.Count == 0)
            return $"task '{spec.Id}' has an empty command";
        if (spec.Resources.IsEmpty)
            return $"task '{spec.Id}' asks for no resources";
        if (spec.Data.Length > limits.TaskDataBytesMax)
            return $"task '{spec.Id}' has {spec.Data.Length} bytes of data, more than {limits.TaskDataBytesMax}";
        if (spec.Executor is { } executor)
        {
            if (!IsId(executor.Id.Value, limits))
                return $"executor id '{Shown(executor.Id.Value)}' is empty, longer than {limits.IdLengthMax}, or has blanks or '/' in it";
            if (agent.Executors.TryGetValue((framework.Id, executor.Id), out var running) &&
                running.Resources != executor.Resources)
                return $"executor '{executor.Id}' runs on {agent.Id} with [{running.Resources}], not [{executor.Resources}]";
        }
        return left.Contains(needed) ? null
            : $"task '{spec.Id}' needs [{needed}] but the offer has [{left}] left";
    }

    private static bool IsId(string id, Limits limits) =>
        id.Length > 0 && id.Length <= limits.IdLengthMax && id is not "." and not ".." &&
        id.All(c => c > ' ' && c is not '/' and not '\\' and not '\x7f');

    private static string Shown(string id) => id.Length <= 64 ? id : id[..64] + "…";

    private void Launch(FrameworkEntry framework, AgentEntry agent, TaskSpec spec)
    {
        var task = new TaskEntry(framework, agent, spec, ++_lastTask);
        framework.Tasks.Add(spec.Id, task);
        framework.Agents.Add(agent.Id);
        agent.Tasks.Add((framework.Id, spec.Id), task);
        if (_earlyKills.Count > 0)
            _earlyKills.Remove((framework.Id, spec.Id)); // It was for another of that id.
        if (spec.Executor is { } executor)
            agent.Executors.TryAdd((framework.Id, executor.Id), executor);
        TouchInverse(agent);
        _counters.TasksLaunched++;
    }

    private void Kill(FrameworkEntry framework, SchedulerCall.Kill kill)
    {
        if (framework.Tasks.TryGetValue(kill.TaskId, out var task))
            Kill(task, kill.Grace, StatusReason.None);
        else if (MayRejoin(kill.AgentId))
            _earlyKills[(framework.Id, kill.TaskId)] = kill;
        else
            Answer(framework, new TaskReference(kill.TaskId, kill.AgentId), StatusReason.TaskUnknown);
    }

    private void Kill(TaskEntry task, TimeSpan? grace, StatusReason reason)
    {
        if (task.State.IsTerminal())
            return;
        var command = new AgentCommand.KillTask(task.Framework.Id, task.Spec.Id, grace, reason);
        if (task.Agent.Connection is { } connection)
            Send(connection, command);
        else
            task.PendingKill = command;
    }

    private void UpdateTask(AgentEntry agent, AgentCall.Update update)
    {
        if (!_frameworks.TryGetValue(update.FrameworkId, out var framework))
        {
            Send(agent.Connection!.Value, new AgentCommand.ShutdownFramework(update.FrameworkId));
            return;
        }
        var status = update.Status with { AgentId = agent.Id };
        if (framework.Tasks.TryGetValue(status.TaskId, out var task) && task.Agent == agent)
        {
            if (!task.State.IsTerminal())
            {
                task.State = update.Latest;
                if (update.Latest.IsTerminal())
                    Settle(task);
            }
            if (status.State.IsTerminal())
                task.TerminalSequence = status.Sequence;
            if (task.History.Count == 0 || task.History[^1].Sequence < status.Sequence)
                task.Remember(status);
        }
        Send(framework, new SchedulerEvent.Update(status with { State = status.State.For(framework.Info.Capabilities) }));
    }

    /// <summary>A task has ended: its resources are free at once, whether or not anybody has heard of it.</summary>
    private void Settle(TaskEntry task)
    {
        if (task.Charged)
        {
            task.Charged = false;
            _allocator.Release(task.Framework.Id, task.Agent.Id, task.Spec.Resources);
        }
        TouchInverse(task.Agent);
        switch (task.State)
        {
            case TaskState.Finished: _counters.TasksFinished++; break;
            case TaskState.Failed or TaskState.Error: _counters.TasksFailed++; break;
            case TaskState.Killed: _counters.TasksKilled++; break;
            default: _counters.TasksLost++; break;
        }
    }

    /// <summary>Ends a task whose agent cannot say so itself.</summary>
    private void EndTask(TaskEntry task, TaskState state, StatusReason reason, string message)
    {
        task.State = state;
        Settle(task);
        Tell(task, new TaskStatus(task.Spec.Id, state, StatusSource.Master, reason, message, _now, task.Agent.Id,
            task.Spec.Executor?.Id));
    }

    private void Tell(TaskEntry task, TaskStatus status)
    {
        task.Remember(status);
        var state = status.State.For(task.Framework.Info.Capabilities);
        Send(task.Framework, new SchedulerEvent.Update(status with { State = state }));
    }

    private void Acknowledge(FrameworkEntry framework, SchedulerCall.Acknowledge call)
    {
        if (call.Sequence <= 0)
        {
            Refuse(framework, $"acknowledgement of task '{call.TaskId}' refused: updates of the master (sequence 0) are not acknowledged");
            return;
        }
        if (_agents.GetValueOrDefault(call.AgentId)?.Connection is not { } connection)
            return;
        Send(connection, new AgentCommand.Acknowledge(framework.Id, call.TaskId, call.Sequence));
        if (framework.Tasks.TryGetValue(call.TaskId, out var task) && task.State.IsTerminal() &&
            task.TerminalSequence == call.Sequence)
            Complete(task);
    }

    /// <summary>Moves an ended task to its framework's history.</summary>
    private void Complete(TaskEntry task)
    {
        var framework = task.Framework;
        if (framework.Tasks.GetValueOrDefault(task.Spec.Id) == task)
            framework.Tasks.Remove(task.Spec.Id);
        task.Agent.Tasks.Remove((framework.Id, task.Spec.Id));
        if (task.Agent.Tasks.Count == 0)
            CheckDrained(task.Agent);
        framework.Completed.Enqueue(task);
        if (framework.Completed.Count > _options.Limits.CompletedTasksMax)
            framework.Completed.Dequeue();
    }
}
