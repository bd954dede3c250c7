using Agora.Cluster;

namespace Agora.Simulation;

/// <summary>A law was broken.</summary>
public sealed class BrokenInvariantException(string message) : Exception(message);

/// <summary>
/// Watches a world from outside all machines and checks, after every event, what must hold whatever fails.
/// </summary>
public sealed class Checker(World world)
{
    private sealed class Launched
    {
        public required SimAgent Agent { get; init; }
        public bool Crashed { get; set; }
    }

    private readonly Dictionary<(FrameworkId, TaskId), Launched> _launched = [];
    private readonly Dictionary<(FrameworkId, TaskId), TaskStatus> _ended = [];
    private readonly HashSet<TaskId> _killable = [];

    /// <summary>Times that all a machine holds was checked.</summary>
    public long Checks { get; private set; }

    public void MasterHandled(Master master)
    {
        if (!world.ChecksMaster)
            return;
        Checks++;
        try
        {
            master.CheckInvariants();
        }
        catch (InvalidOperationException e)
        {
            throw new BrokenInvariantException(e.Message);
        }
    }

    public void AgentHandled(SimAgent agent)
    {
        Checks++;
        if (agent.Machine is { } machine)
            Require(agent.Total.Contains(machine.InUse), $"{agent.Host} runs [{machine.InUse}] and has only [{agent.Total}]");
    }

    public void ContainerLaunched(SimAgent agent, SimContainer container)
    {
        if (container.Launch.Task is { } task)
            TaskStarted(agent, container.Launch.Framework.Id!.Value, task.Id);
    }

    public void TaskStarted(SimAgent agent, FrameworkId framework, TaskId task)
    {
        if (_launched.TryGetValue((framework, task), out var before))
            Require(false, $"task {task} runs twice, on {before.Agent.Host} and on {agent.Host}");
        _launched[(framework, task)] = new Launched { Agent = agent };
    }

    /// <summary>The agent was lost with all it ran.</summary>
    public void AgentCrashed(SimAgent agent)
    {
        foreach (var launched in _launched.Values)
            if (launched.Agent == agent)
                launched.Crashed = true;
    }

    /// <summary>Somebody asked for the task's end, so Killed is a fair end for it.</summary>
    public void MayBeKilled(TaskId task) => _killable.Add(task);

    /// <summary>A scheduler was told a task's state.</summary>
    /// <param name="exitCode">What the task would exit with, left alone.</param>
    public void Told(FrameworkId framework, TaskStatus status, int exitCode)
    {
        if (!status.State.IsTerminal())
        {
            Require(!_ended.ContainsKey((framework, status.TaskId)) || status.State == TaskState.Unreachable || status.Sequence == 0,
                $"task {status.TaskId} is {status.State} after it was {_ended.GetValueOrDefault((framework, status.TaskId))?.State}");
            return;
        }
        if (_ended.TryGetValue((framework, status.TaskId), out var before))
        {
            Require(before.State == status.State, $"task {status.TaskId} ended as {before.State} and again as {status.State}");
            return;
        }
        _ended[(framework, status.TaskId)] = status;
        var launched = _launched.GetValueOrDefault((framework, status.TaskId));
        switch (status.State)
        {
            case TaskState.Finished:
                Require(launched is not null && exitCode == 0, $"task {status.TaskId} is Finished but should have exited with {exitCode}");
                break;
            case TaskState.Failed:
                Require(exitCode != 0 || launched is null or { Crashed: true } || status.Reason != StatusReason.CommandFailed,
                    $"task {status.TaskId} is Failed ({status.Message}) but should have exited with 0");
                break;
            case TaskState.Killed:
                Require(_killable.Contains(status.TaskId), $"task {status.TaskId} was killed and nobody asked for it: {status.Message}");
                break;
            case TaskState.Dropped:
                Require(launched is null, $"task {status.TaskId} is Dropped but ran on {launched?.Agent.Host}: {status.Message}");
                break;
            case TaskState.Gone:
                Require(launched is null or { Crashed: true }, $"task {status.TaskId} is Gone but {launched?.Agent.Host} never lost it: {status.Message}");
                break;
            case TaskState.Error:
                Require(false, $"task {status.TaskId} is Error: {status.Message}");
                break;
        }
    }

    /// <summary>Once all is quiet: nothing is left anywhere that should have ended.</summary>
    public void CheckQuiet()
    {
        Require(world.Master.Machine is not null, "the master is down");
        var snapshot = world.Master.Machine!.Snapshot(withTasks: true);
        var live = snapshot.Tasks.Where(t => !t.State.IsTerminal()).ToList();
        Require(live.Count == 0, $"task {live.FirstOrDefault()?.Id} is still {live.FirstOrDefault()?.State} at the master");
        foreach (var agent in world.Agents)
        {
            Require(agent.Machine is { UnacknowledgedUpdates: 0 }, $"{agent.Host} holds {agent.Machine?.UnacknowledgedUpdates} updates nobody acknowledged");
            Require(agent.Containers.All(c => c.Launch.Executor is not null), $"{agent.Host} still runs a container");
        }
        var active = snapshot.Agents.Where(a => a.Condition == AgentCondition.Active).ToList();
        Require(active.Count == world.Agents.Count, $"{active.Count} of {world.Agents.Count} agents are active");
    }

    public static void Require(bool holds, string broken)
    {
        if (!holds)
            throw new BrokenInvariantException(broken);
    }
}
