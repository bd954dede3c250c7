using System.Diagnostics;
using System.Globalization;

namespace Agora.Cluster;

public sealed partial class Agent
{
    private readonly List<AgentRecord> _records = [];
    private readonly HashSet<AgentTask> _changed = [];

    /// <summary>Everything that the next process of this agent must know, in the fewest records.</summary>
    public IEnumerable<AgentRecord> Records => _executors.Values.Select(Launched)
        .Concat(_tasks.Values.SelectMany(t => (AgentRecord[])[Launched(t), Changed(t)]));

    private static AgentRecord.ExecutorLaunched Launched(AgentExecutor executor) =>
        new(executor.Framework, executor.Spec, executor.Container.Value, executor.Token);

    private static AgentRecord.TaskLaunched Launched(AgentTask task) =>
        new(task.Framework, task.Spec, task.Number, task.Container?.Value);

    private static AgentRecord.TaskChanged Changed(AgentTask task) => new(task.Framework.Id!.Value, task.Spec.Id, task.State,
        task.KillReason, task.LastSequence, task.ExecutorSequence, [.. task.Updates]);

    private void Forget(AgentTask task)
    {
        _tasks.Remove((task.Framework.Id!.Value, task.Spec.Id));
        _records.Add(new AgentRecord.TaskForgotten(task.Framework.Id.Value, task.Spec.Id));
    }

    /// <summary>What has changed is to be written down before anything else of this step is done.</summary>
    private void Record()
    {
        foreach (var task in _changed)
            if (_tasks.GetValueOrDefault((task.Framework.Id!.Value, task.Spec.Id)) == task)
                _records.Add(Changed(task));
        _changed.Clear();
        if (_records.Count == 0)
            return;
        _effects.Insert(0, new AgentEffect.Write([.. _records]));
        _records.Clear();
    }

    /// <summary>Takes up what a former process of this agent has written down. What of it still runs is told by ContainersFound.</summary>
    private void Restore(IEnumerable<AgentRecord> records)
    {
        foreach (var record in records)
        {
            switch (record)
            {
                case AgentRecord.ExecutorLaunched r:
                    var executor = new AgentExecutor(r.Framework, r.Executor, new ContainerId(r.Container), r.Token) { Subscribed = true };
                    _executors[(r.Framework.Id!.Value, r.Executor.Id)] = executor;
                    _frameworks[r.Framework.Id.Value] = r.Framework;
                    Counted(r.Container);
                    break;
                case AgentRecord.ExecutorEnded r:
                    _executors.Remove((r.FrameworkId, r.ExecutorId));
                    break;
                case AgentRecord.TaskLaunched r:
                    _tasks[(r.Framework.Id!.Value, r.Task.Id)] = new AgentTask(r.Framework, r.Task, r.Number)
                    {
                        Container = r.Container is { } name ? new ContainerId(name) : null,
                    };
                    _frameworks[r.Framework.Id.Value] = r.Framework;
                    _lastTask = Math.Max(_lastTask, r.Number);
                    if (r.Container is not null)
                        Counted(r.Container);
                    break;
                case AgentRecord.TaskChanged r when _tasks.TryGetValue((r.FrameworkId, r.TaskId), out var task):
                    task.State = r.State;
                    task.KillReason = r.KillReason;
                    (task.LastSequence, task.ExecutorSequence) = (r.LastSequence, r.ExecutorSequence);
                    task.Updates.Clear();
                    foreach (var update in r.Updates)
                        task.Updates.Enqueue(update);
                    break;
                case AgentRecord.TaskChanged:
                    break;
                case AgentRecord.TaskForgotten r:
                    _tasks.Remove((r.FrameworkId, r.TaskId));
                    break;
                default:
                    throw new UnreachableException(record.GetType().Name);
            }
        }
        foreach (var executor in _executors.Values)
            _executorContainers.Add(executor.Container, executor);
        foreach (var task in _tasks.Values.Where(t => !t.State.IsTerminal()))
        {
            if (task.Container is { } container)
                _taskContainers.Add(container, task);
            else if (_executors.TryGetValue((task.Framework.Id!.Value, task.Spec.Executor!.Id), out var executor))
                executor.Add(task);
        }
    }

    /// <summary>A container's name begins with its number; see <see cref="NewContainer"/>.</summary>
    private void Counted(string container)
    {
        var dash = container.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && long.TryParse(container.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            _lastContainer = Math.Max(_lastContainer, number);
    }

    /// <summary>What a former process left goes on where it runs; what is lost, or was never launched, is given up.</summary>
    private void ContainersFound(IReadOnlyList<ContainerId> containers, IReadOnlyList<ContainerId> lost)
    {
        var found = containers.ToHashSet();
        const string gone = "it was running when its agent and its supervisor, or the machine, ended";
        const string never = "the agent ended before it was launched";
        foreach (var container in containers)
            if (!_taskContainers.ContainsKey(container) && !_executorContainers.ContainsKey(container))
                _effects.Add(new AgentEffect.KillContainer(container, TimeSpan.Zero));
        foreach (var (container, task) in _taskContainers.ToList())
        {
            if (!found.Contains(container))
            {
                _taskContainers.Remove(container);
                var (state, why) = lost.Contains(container) ? (TaskState.Gone, gone) : (TaskState.Dropped, never);
                Report(task, state, StatusSource.Agent, StatusReason.AgentRestarted, why);
                continue;
            }
            _effects.Add(new AgentEffect.ResizeContainer(container, task.Spec.Resources));
            if (task.State == TaskState.Staging)
                Report(task, TaskState.Running, StatusSource.Agent, StatusReason.None, "");
            if (task.KillReason is not null)
                _effects.Add(new AgentEffect.KillContainer(container, (task.Spec.Kill ?? KillPolicy.Default).Grace));
        }
        foreach (var (container, executor) in _executorContainers.ToList())
        {
            if (!found.Contains(container))
            {
                _executorContainers.Remove(container);
                ExecutorEnded(executor, null, StatusReason.AgentRestarted, $"executor {executor.Spec.Id}: {(lost.Contains(container) ? gone : never)}", TaskState.Gone);
                continue;
            }
            executor.Awaited = true;
            _effects.Add(new AgentEffect.ResizeContainer(container, executor.Held));
            _executorDeadlines.Enqueue((executor, _now + _options.ExecutorRegistrationTimeout));
        }
        foreach (var container in lost)
            _effects.Add(new AgentEffect.ForgetContainer(container));
        // An executor's end may have been written down when those of its tasks were not.
        foreach (var task in _tasks.Values.Where(t => !t.State.IsTerminal() && t.Container is null).ToList())
            if (!_executors.ContainsKey((task.Framework.Id!.Value, task.Spec.Executor!.Id)))
                Report(task, TaskState.Failed, StatusSource.Agent, StatusReason.ExecutorTerminated, "its executor ended while the agent was away");
    }
}
