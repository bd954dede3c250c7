namespace Agora.Cluster;

public sealed partial class Master
{
    private long _lastFramework;

    private void Subscribe(long connection, SchedulerCall.Subscribe call)
    {
        if (_schedulers.TryGetValue(connection, out var already) || FrameworkOfStandby(connection, out already))
        {
            Refuse(connection, $"this connection has subscribed {already.Id} already", fatal: false);
            return;
        }
        if (CheckSubscription(call) is { } wrong)
        {
            Refuse(connection, $"subscription refused: {wrong}", fatal: true);
            return;
        }
        _heartbeats.Enqueue((connection, _now + _options.HeartbeatInterval));
        if (call.Standby)
            _unanswered[connection] = 0;
        if (call.Standby && call.Framework.Id is { } id && _frameworks.TryGetValue(id, out var led) && led.Connection is not null)
        {
            StandBy(led, id, connection, call);
            return;
        }
        var framework = Admit(call.Framework);
        if (framework.Connection is { } older)
        {
            Send(older, new SchedulerEvent.Error($"another scheduler subscribed as {framework.Id}", Fatal: true));
            Disconnect(framework, older);
        }
        Send(connection, new SchedulerEvent.Subscribed(framework.Id, Epoch, _options.HeartbeatInterval,
            _allocator.Guaranteed(framework.Info.Role)));
        Activate(framework, connection, call);
    }

    private void Activate(FrameworkEntry framework, long connection, SchedulerCall.Subscribe call)
    {
        framework.Connection = connection;
        framework.Subscriptions++;
        _schedulers.Add(connection, framework);
        _allocator.SetFilters(framework.Id, call.Filters ?? FrameworkFilters.None);
        _allocator.SetHints(framework.Id, call.Hints ?? []);
        _allocator.SetActive(framework.Id, active: true, call.Suppressed);
        TouchInverse(framework);
    }

    private string? CheckSubscription(SchedulerCall.Subscribe call)
    {
        var info = call.Framework;
        if (info.Name.Length == 0)
            return "the framework has no name";
        if (!IsRoleName(info.Role))
            return $"'{info.Role}' is not a role name (letters, digits, '_', '-', '.', '/'; not starting with '-' or '.')";
        if (info.FailoverTimeout < TimeSpan.Zero)
            return $"failover timeout {info.FailoverTimeout} is negative";
        if (info.Id is { } id && _completedIds.Contains(id))
            return $"framework {id} has ended; subscribe without an id to start a new one";
        if (info.Id is { } known && _frameworks.TryGetValue(known, out var framework))
        {
            // One without a principal is from before anybody had to show who he is.
            if (framework.Info.Principal != info.Principal && framework.Info.Principal.Length > 0)
                return $"framework {known} belongs to another principal than '{info.Principal}'";
            if (framework.Info.Role != info.Role)
                return $"framework {known} is of role '{framework.Info.Role}' and cannot change to '{info.Role}'";
        }
        if (call.Standby && info.Id is { } led && _frameworks.GetValueOrDefault(led)?.Standbys.Count >= _options.Limits.StandbysMax)
            return $"{_options.Limits.StandbysMax} schedulers of {led} stand by already";
        return Check(call.Filters ?? FrameworkFilters.None) ?? Check(call.Hints ?? []);
    }

    internal static bool IsRoleName(string role) =>
        role.Length is > 0 and <= 128 && role[0] is not '-' and not '.' &&
        role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');

    /// <summary>Finds the framework or makes a new one; a given id that this master does not know is taken over.</summary>
    private FrameworkEntry Admit(FrameworkInfo info)
    {
        if (info.Id is { } id && _frameworks.TryGetValue(id, out var framework))
        {
            framework.Info = info;
            return framework;
        }
        var newId = info.Id ?? new FrameworkId($"framework-{Epoch}-{++_lastFramework}");
        framework = new FrameworkEntry(newId, info with { Id = newId }, _now);
        _frameworks.Add(newId, framework);
        _allocator.AddFramework(newId, info.Role, FrameworkFilters.None, []);
        return framework;
    }

    private void SchedulerGone(long connection)
    {
        StandbyGone(connection);
        if (!_schedulers.TryGetValue(connection, out var framework))
            return;
        Disconnect(framework, connection);
        if (framework.Standbys.Count > 0)
            Promote(framework);
        else if (framework.Info.FailoverTimeout == TimeSpan.Zero)
            RemoveFramework(framework, "its scheduler disconnected and it has no failover timeout");
        else
            AwaitFailover(framework);
    }

    private void AwaitFailover(FrameworkEntry framework) => _failovers.Enqueue(
        (framework, framework.Subscriptions), Later(_now, framework.Info.FailoverTimeout));

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan time) =>
        time < DateTimeOffset.MaxValue - now ? now + time : DateTimeOffset.MaxValue;

    private void Disconnect(FrameworkEntry framework, long connection)
    {
        _schedulers.Remove(connection);
        framework.Connection = null;
        _effects.Add(new MasterEffect.Close(connection));
        _allocator.SetActive(framework.Id, active: false, suppressed: false);
        RescindAll(framework.Offers.Values);
    }

    /// <summary>Ends a framework: everything of it is killed, and its id is not used again.</summary>
    private void RemoveFramework(FrameworkEntry framework, string why)
    {
        if (framework.Connection is { } connection)
        {
            Send(connection, new SchedulerEvent.Error($"framework {framework.Id} has ended: {why}", Fatal: true));
            Disconnect(framework, connection);
        }
        DismissStandbys(framework, why);
        foreach (var task in framework.Tasks.Values.ToList())
        {
            if (!task.State.IsTerminal())
                EndTask(task, TaskState.Killed, StatusReason.FrameworkRemoved, $"its framework ended: {why}");
            Complete(task);
        }
        foreach (var agent in _agents.Values)
        {
            var executors = agent.Executors.Where(e => e.Key.Item1 == framework.Id).ToList();
            foreach (var (key, executor) in executors)
            {
                agent.Executors.Remove(key);
                if (agent.Condition != AgentCondition.Unreachable)
                    _allocator.Release(framework.Id, agent.Id, executor.Resources);
            }
            if (agent.Connection is { } there && framework.Agents.Contains(agent.Id))
                Send(there, new AgentCommand.ShutdownFramework(framework.Id));
            EndInverse(agent.InverseOffers.Values.Where(o => o.Framework == framework));
        }
        _frameworks.Remove(framework.Id);
        _completedIds.Add(framework.Id);
        _completedOrder.Enqueue(framework.Id);
        if (_completedOrder.Count > _options.Limits.CompletedFrameworkIdsMax)
            _completedIds.Remove(_completedOrder.Dequeue());
        _completedFrameworks.Enqueue((View(framework, FrameworkCondition.Completed), [.. framework.Completed.Select(View)],
            framework.Page is { } page ? View(framework, page, FrameworkCondition.Completed) : null));
        if (_completedFrameworks.Count > _options.Limits.CompletedFrameworksMax)
            _completedFrameworks.Dequeue();
        _allocator.RemoveFramework(framework.Id);
    }

    private void PassOn(FrameworkEntry framework, SchedulerCall.Message message)
    {
        if (message.Data.Length > _options.Limits.MessageBytesMax)
        {
            Refuse(framework, $"message to executor {message.ExecutorId} refused: {message.Data.Length} bytes, " +
                $"more than {_options.Limits.MessageBytesMax}");
        }
        else if (_agents.GetValueOrDefault(message.AgentId) is not { } agent)
        {
            Refuse(framework, $"message to executor {message.ExecutorId} refused: no agent {message.AgentId}");
        }
        else if (!agent.Executors.ContainsKey((framework.Id, message.ExecutorId)))
        {
            Refuse(framework, $"message refused: {framework.Id} has no executor {message.ExecutorId} on {message.AgentId}");
        }
        else if (agent.Connection is { } connection)
        {
            Send(connection, new AgentCommand.Message(framework.Id, message.ExecutorId, message.Data));
        }
    }
}
