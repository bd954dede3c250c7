namespace Agora.Cluster;

public sealed partial class Agent
{
    private void LaunchOnExecutor(AgentTask task, ExecutorSpec spec)
    {
        var key = (task.Framework.Id!.Value, spec.Id);
        if (!_executors.TryGetValue(key, out var executor))
        {
            var container = NewContainer(spec.Id.Value);
            executor = new AgentExecutor(task.Framework, spec, container, _newToken()) { Awaited = true };
            _records.Add(Launched(executor));
            _executors.Add(key, executor);
            _executorContainers.Add(container, executor);
            _executorDeadlines.Enqueue((executor, _now + _options.ExecutorRegistrationTimeout));
            executor.Add(task);
            _effects.Add(new AgentEffect.LaunchContainer(container, task.Framework, spec.Command,
                executor.Held, spec, null, executor.Token));
        }
        else
        {
            executor.Add(task);
            _effects.Add(new AgentEffect.ResizeContainer(executor.Container, executor.Held));
        }
        if (executor.Connection is { } connection)
            _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Launch(task.Spec)));
    }

    /// <summary>In the order of their launch, in which the executor is to hear of them.</summary>
    private IEnumerable<AgentTask> LiveTasks(AgentExecutor executor) => _tasks.Values.Where(t =>
        t.Framework.Id == executor.Framework.Id && t.Spec.Executor?.Id == executor.Spec.Id && !t.State.IsTerminal()).OrderBy(t => t.Number);

    private void Subscribe(long connection, ExecutorCall.Subscribe call)
    {
        var executor = _executors.GetValueOrDefault((call.FrameworkId, call.ExecutorId));
        if (executor is null || executor.Token != call.Token || !_executorContainers.ContainsKey(executor.Container))
        {
            _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Error(
                $"this agent has not started executor '{call.ExecutorId}' of {call.FrameworkId}, or with another token", Fatal: true)));
            _effects.Add(new AgentEffect.CloseExecutor(connection));
            return;
        }
        if (executor.Connection is { } older)
        {
            _executorConnections.Remove(older);
            _effects.Add(new AgentEffect.CloseExecutor(older));
        }
        executor.Connection = connection;
        executor.Subscribed = true;
        executor.Awaited = false;
        _executorConnections[connection] = executor;
        _effects.Add(new AgentEffect.ToExecutor(connection,
            new ExecutorEvent.Subscribed(executor.Framework, executor.Spec, Info)));
        foreach (var status in call.Unacknowledged)
            ExecutorUpdate(executor, status);
        // What was sent on a connection that broke may not have arrived.
        foreach (var task in LiveTasks(executor))
        {
            if (task.ExecutorSequence == 0 && !call.Tasks.Contains(task.Spec.Id))
                _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Launch(task.Spec)));
            if (task.KillReason is not null)
            {
                var grace = (task.Spec.Kill ?? KillPolicy.Default).Grace;
                _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Kill(task.Spec.Id, grace)));
            }
        }
    }

    private void ExecutorUpdate(AgentExecutor executor, TaskStatus status)
    {
        if (executor.Connection is { } connection && status.Sequence > 0)
            _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Acknowledged(status.TaskId, status.Sequence)));
        if (!_tasks.TryGetValue((executor.Framework.Id!.Value, status.TaskId), out var task) ||
            task.Spec.Executor?.Id != executor.Spec.Id || status.Sequence <= task.ExecutorSequence)
            return;
        task.ExecutorSequence = status.Sequence;
        _changed.Add(task);
        var reason = status.State == TaskState.Killed && task.KillReason is { } killed ? killed : status.Reason;
        Report(task, status.State, StatusSource.Executor, reason, status.Message, status.ExitCode, status.Usage, status.Data);
    }

    private void KillOnExecutor(AgentTask task, TimeSpan grace)
    {
        var executor = _executors.GetValueOrDefault((task.Framework.Id!.Value, task.Spec.Executor!.Id));
        if (executor is not { Subscribed: true })
            Report(task, TaskState.Killed, StatusSource.Agent, StatusReason.KilledDuringLaunch, "killed before its executor was ready");
        else if (executor.Connection is { } connection)
            _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Kill(task.Spec.Id, grace)));
    }

    private void PassOn(AgentCommand.Message message)
    {
        if (_executors.TryGetValue((message.FrameworkId, message.ExecutorId), out var executor) &&
            executor.Connection is { } connection)
            _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Message(message.Data)));
    }

    /// <summary>Its container decides whether the executor lives; a broken connection alone does not end it.</summary>
    private void ExecutorDisconnected(long connection)
    {
        if (_executorConnections.Remove(connection, out var executor) && executor.Connection == connection)
            executor.Connection = null;
    }

    /// <summary>Asks the executor to end; its container is killed at the latest after the grace.</summary>
    private void ShutDown(AgentExecutor executor)
    {
        if (executor.Connection is { } connection)
            _effects.Add(new AgentEffect.ToExecutor(connection, new ExecutorEvent.Shutdown(executor.Spec.ShutdownGrace)));
        _effects.Add(new AgentEffect.KillContainer(executor.Container, executor.Spec.ShutdownGrace));
    }

    private void EndLateExecutors()
    {
        while (_executorDeadlines.TryPeek(out var deadline) && (deadline.Due <= _now || !deadline.Executor.Awaited))
        {
            _executorDeadlines.Dequeue();
            if (deadline.Executor.Awaited && _executorContainers.ContainsKey(deadline.Executor.Container))
                _effects.Add(new AgentEffect.KillContainer(deadline.Executor.Container, TimeSpan.Zero));
        }
    }

    /// <param name="state">What its tasks are said to be.</param>
    private void ExecutorEnded(AgentExecutor executor, int? exitCode, StatusReason reason, string message, TaskState state = TaskState.Failed)
    {
        var frameworkId = executor.Framework.Id!.Value;
        _executors.Remove((frameworkId, executor.Spec.Id));
        _records.Add(new AgentRecord.ExecutorEnded(frameworkId, executor.Spec.Id));
        if (executor.Connection is { } connection)
        {
            _executorConnections.Remove(connection);
            _effects.Add(new AgentEffect.CloseExecutor(connection));
        }
        if (!executor.Subscribed && reason == StatusReason.ExecutorTerminated)
            reason = StatusReason.ExecutorRegistrationTimeout;
        foreach (var task in LiveTasks(executor).ToList())
        {
            if (task.KillReason is { } killed)
                Report(task, TaskState.Killed, StatusSource.Agent, killed, message);
            else
                Report(task, state, StatusSource.Agent, reason, message);
        }
        ToMaster(new AgentCall.ExecutorExited(frameworkId, executor.Spec.Id, exitCode, message));
    }
}
