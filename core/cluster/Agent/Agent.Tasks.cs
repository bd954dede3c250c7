namespace Agora.Cluster;

public sealed partial class Agent
{
    private void RunTasks(FrameworkInfo framework, IReadOnlyList<TaskSpec> tasks)
    {
        _frameworks[framework.Id!.Value] = framework;
        foreach (var spec in tasks)
        {
            var task = new AgentTask(framework, spec, ++_lastTask);
            if (!_tasks.TryAdd((framework.Id.Value, spec.Id), task))
                continue;
            if (spec.Executor is null)
                task.Container = NewContainer(spec.Id.Value);
            _records.Add(Launched(task));
            if (_shuttingDown)
                Report(task, TaskState.Dropped, StatusSource.Agent, StatusReason.AgentRemoved, "the agent is shutting down");
            else if (spec.Executor is { } executor)
                LaunchOnExecutor(task, executor);
            else
                LaunchCommand(task);
        }
    }

    private void LaunchCommand(AgentTask task)
    {
        var container = task.Container!.Value;
        _taskContainers.Add(container, task);
        _effects.Add(new AgentEffect.LaunchContainer(container, task.Framework, task.Spec.Command!, task.Spec.Resources,
            null, task.Spec, ""));
    }

    /// <summary>Counted, so that a name used twice does not meet the remains of its first run.</summary>
    private ContainerId NewContainer(string name) => new($"{++_lastContainer}-{name}");

    private void ContainerStarted(ContainerId container)
    {
        if (_taskContainers.TryGetValue(container, out var task))
            Report(task, TaskState.Running, StatusSource.Agent, StatusReason.None, "");
    }

    private void ContainerFailed(ContainerId container, StatusReason reason, string message)
    {
        if (_taskContainers.Remove(container, out var task))
        {
            if (task.KillReason is { } killed)
                Report(task, TaskState.Killed, StatusSource.Agent, killed, "killed before it started");
            else
                Report(task, TaskState.Failed, StatusSource.Agent, reason, message);
        }
        else if (_executorContainers.Remove(container, out var executor))
        {
            ExecutorEnded(executor, null, reason, $"executor {executor.Spec.Id} could not be started: {message}");
        }
        _effects.Add(new AgentEffect.ForgetContainer(container));
        LeaveIfDone();
    }

    private void ContainerExited(ContainerId container, ContainerResult result)
    {
        if (_taskContainers.Remove(container, out var task))
            CommandExited(task, result);
        else if (_executorContainers.Remove(container, out var executor))
        {
            var why = result.Limit != StatusReason.None ? result.Limit : StatusReason.ExecutorTerminated;
            ExecutorEnded(executor, result.ExitCode, why,
                $"executor {executor.Spec.Id} {Ended(result.ExitCode)}" + (result.Message.Length > 0 ? $": {result.Message}" : ""));
        }
        _effects.Add(new AgentEffect.ForgetContainer(container));
        LeaveIfDone();
    }

    private void CommandExited(AgentTask task, ContainerResult result)
    {
        var (state, reason, message) = result switch
        {
            { Limit: not StatusReason.None } => (TaskState.Failed, result.Limit, result.Message),
            _ when task.KillReason is { } killed => (TaskState.Killed, killed, "killed on request"),
            { ExitCode: 0 } => (TaskState.Finished, StatusReason.None, ""),
            _ => (TaskState.Failed, StatusReason.CommandFailed, Ended(result.ExitCode)),
        };
        Report(task, state, StatusSource.Agent, reason, message, result.ExitCode, result.Usage);
    }

    private static string Ended(int exitCode) =>
        exitCode > 128 ? $"was ended by signal {exitCode - 128}" : $"exited with code {exitCode}";

    private void KillTask(AgentCommand.KillTask kill)
    {
        if (!_tasks.TryGetValue((kill.FrameworkId, kill.TaskId), out var task))
        {
            ToMaster(new AgentCall.Update(kill.FrameworkId, new TaskStatus(kill.TaskId, TaskState.Gone,
                StatusSource.Agent, StatusReason.TaskUnknown, "the agent has no such task", _now, Info.Id), TaskState.Gone));
            return;
        }
        if (task.State.IsTerminal())
            return;
        task.KillReason ??= kill.Reason;
        _changed.Add(task);
        var grace = kill.Grace ?? (task.Spec.Kill ?? KillPolicy.Default).Grace;
        if (task.Container is { } container)
            _effects.Add(new AgentEffect.KillContainer(container, grace));
        else
            KillOnExecutor(task, grace);
    }

    private void ShutdownFramework(FrameworkId id)
    {
        _frameworks.Remove(id);
        foreach (var task in _tasks.Values.Where(t => t.Framework.Id == id).ToList())
        {
            if (task.Container is { } container && !task.State.IsTerminal())
                _effects.Add(new AgentEffect.KillContainer(container, (task.Spec.Kill ?? KillPolicy.Default).Grace));
            task.Updates.Clear();
            task.State = TaskState.Killed;
            Forget(task);
        }
        foreach (var executor in _executors.Values.Where(e => e.Framework.Id == id).ToList())
            ShutDown(executor);
    }

    /// <summary>Books a step of a task's life and sends it when its turn comes.</summary>
    private void Report(AgentTask task, TaskState state, StatusSource source, StatusReason reason, string message,
        int? exitCode = null, ResourceUsage? usage = null, ReadOnlyMemory<byte> data = default)
    {
        if (task.State.IsTerminal())
            return;
        // A task that floods its agent with updates loses the middle ones, never the last.
        if (task.Updates.Count >= _options.Limits.UpdatesPerTaskMax && !state.IsTerminal())
            return;
        task.State = state;
        _changed.Add(task);
        if (state.IsTerminal() && task.Holder is { } executor)
        {
            executor.Remove(task);
            if (_executorContainers.ContainsKey(executor.Container))
                _effects.Add(new AgentEffect.ResizeContainer(executor.Container, executor.Held));
        }
        task.Updates.Enqueue(new TaskStatus(task.Spec.Id, state, source, reason, message, _now, Info.Id,
            task.Spec.Executor?.Id, ++task.LastSequence, exitCode, data, usage));
        if (task.Updates.Count == 1)
            SendFirstUpdate(task);
    }

    private void SendFirstUpdate(AgentTask task)
    {
        if (!task.Updates.TryPeek(out var status) || !_registered)
            return;
        task.RetryWait = _options.UpdateRetry;
        Send(task, status);
    }

    private void Send(AgentTask task, TaskStatus status)
    {
        ToMaster(new AgentCall.Update(task.Framework.Id!.Value, status, task.State));
        task.RetryDue = _now + task.RetryWait;
        _retries.Enqueue((task, status.Sequence), task.RetryDue);
    }

    private void RetryUpdates()
    {
        while (_retries.TryPeek(out var retry, out var due) && due <= _now)
        {
            _retries.Dequeue();
            if (!_registered || due != retry.Task.RetryDue ||
                !retry.Task.Updates.TryPeek(out var status) || status.Sequence != retry.Sequence)
                continue;
            retry.Task.RetryWait = retry.Task.RetryWait * 2 < _options.UpdateRetryMax
                ? retry.Task.RetryWait * 2 : _options.UpdateRetryMax;
            Send(retry.Task, status);
        }
    }

    private void Acknowledged(AgentCommand.Acknowledge call)
    {
        if (!_tasks.TryGetValue((call.FrameworkId, call.TaskId), out var task) ||
            !task.Updates.TryPeek(out var status) || status.Sequence != call.Sequence)
            return;
        task.Updates.Dequeue();
        _changed.Add(task);
        if (task.Updates.Count > 0)
            SendFirstUpdate(task);
        else if (task.State.IsTerminal())
            Forget(task);
    }
}
