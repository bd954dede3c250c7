using Agora.Cluster;

namespace Agora.Simulation;

/// <summary>
/// A container that passes time: a command task that exits after the duration its name carries, or an executor that
/// does the same for each task it is given.
/// </summary>
public sealed class SimContainer(SimAgent agent, AgentEffect.LaunchContainer launch, World world)
{
    private static readonly TimeSpan StartDelay = TimeSpan.FromMilliseconds(3);

    private readonly Dictionary<TaskId, long> _tasks = [];
    private readonly Dictionary<TaskId, Resources> _running = [];
    private readonly List<TaskStatus> _unacknowledged = [];
    private bool _ended, _started;
    private ISimExecutor? _executor;

    public ContainerId Id => launch.Container;
    public AgentEffect.LaunchContainer Launch => launch;
    public SimAgent Agent => agent;

    /// <summary>False once it has ended, or its agent is gone with it.</summary>
    public bool IsAlive => !_ended && agent.Containers.Contains(this);

    /// <summary>What it and the tasks that run in it are given.</summary>
    public Resources Holds => _running.Values.Aggregate(launch.Executor?.Resources ?? launch.Resources, (sum, r) => sum + r);

    /// <summary>Tasks that run in it.</summary>
    public IEnumerable<TaskId> Tasks => launch.Task is { } command ? [command.Id] : _running.Keys;

    /// <summary>The executor's connection to its agent; 0 before it has one.</summary>
    public long Connection { get; private set; }

    public void Start() => world.Events.After(StartDelay, () =>
    {
        if (!IsAlive)
            return;
        _started = true;
        agent.Told(this, new AgentEvent.ContainerStarted(Id));
        if (launch.Executor is not null)
        {
            _executor = world.Executors?.Invoke(this);
            Subscribe();
        }
        else
        {
            var body = world.Commands(launch.Command);
            world.Events.After(body.Duration, () => End(body.ExitCode));
        }
    });

    /// <summary>The agent was started anew underneath; an executor connects again.</summary>
    public void AgentIsBack()
    {
        if (_started && launch.Executor is not null)
            world.Events.After(StartDelay, Subscribe);
    }

    private void Subscribe()
    {
        if (!IsAlive || agent.Machine is null)
            return;
        Connection = world.NewExecutorConnection();
        agent.Told(this, new AgentEvent.ExecutorCalled(Connection, world.Edges.FromExecutor(new ExecutorCall.Subscribe(
            launch.Framework.Id!.Value, launch.Executor!.Id, launch.Token, [.. _unacknowledged], [.. _tasks.Where(t => t.Value >= 0).Select(t => t.Key)]))));
    }

    /// <summary>Somebody kills it who has no business to: what it runs fails.</summary>
    public void Kill()
    {
        world.Checker.ContainerKilled(agent, this);
        End(128 + 9);
    }

    public void End(int exitCode)
    {
        if (_ended)
            return;
        _ended = true;
        agent.Ended(this, new AgentEvent.ContainerExited(Id, new ContainerResult(exitCode)));
    }

    /// <summary>The executor's side of the conversation.</summary>
    public void FromAgent(ExecutorEvent e)
    {
        switch (e)
        {
            case ExecutorEvent.Launch(var task): Run(task); break;
            case ExecutorEvent.Kill(var task, _) when _executor is { } executor: executor.Kill(task); break;
            case ExecutorEvent.Kill(var task, _): world.Events.After(StartDelay, () => Report(task, TaskState.Killed)); break;
            case ExecutorEvent.Acknowledged(var task, var sequence):
                _unacknowledged.RemoveAll(s => s.TaskId == task && s.Sequence <= sequence);
                break;
            case ExecutorEvent.Shutdown: world.Events.After(StartDelay, () => End(0)); break;
        }
    }

    private void Run(TaskSpec task)
    {
        if (!_tasks.TryAdd(task.Id, 0))
            return;
        _running.Add(task.Id, task.Resources);
        world.Checker.TaskStarted(agent, launch.Framework.Id!.Value, task.Id);
        if (_executor is { } executor)
        {
            executor.Launch(task);
            return;
        }
        var body = TaskBody.Parse(System.Text.Encoding.UTF8.GetString(task.Data.Span).Split(' '));
        world.Events.After(StartDelay, () => Report(task.Id, TaskState.Running));
        world.Events.After(StartDelay + body.Duration,
            () => Report(task.Id, body.ExitCode == 0 ? TaskState.Finished : TaskState.Failed));
    }

    /// <summary>The executor tells of one of its tasks; of one that has ended it tells no more.</summary>
    public void Report(TaskId task, TaskState state, ReadOnlyMemory<byte> data = default)
    {
        if (_ended || !_tasks.TryGetValue(task, out var sequence) || sequence < 0)
            return;
        sequence++;
        _tasks[task] = state.IsTerminal() ? -1 : sequence;
        if (state.IsTerminal())
            _running.Remove(task);
        var status = new TaskStatus(task, state, StatusSource.Executor, StatusReason.None, "", world.Events.Now, Sequence: sequence, Data: data);
        _unacknowledged.Add(status);
        agent.Told(this, new AgentEvent.ExecutorCalled(Connection, new ExecutorCall.Update(status)));
    }
}

/// <summary>What a simulated task does: take its time, then exit. Written as two words, milliseconds and exit code.</summary>
public readonly record struct TaskBody(TimeSpan Duration, int ExitCode)
{
    public IReadOnlyList<string> Words => [$"{(long)Duration.TotalMilliseconds}", $"{ExitCode}"];

    public static TaskBody Parse(IReadOnlyList<string> words) =>
        new(TimeSpan.FromMilliseconds(long.Parse(words[0])), int.Parse(words[1]));
}
