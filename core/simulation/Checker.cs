using System.Runtime.CompilerServices;
using Agora.Cluster;
using Agora.Sdk;

namespace Agora.Simulation;

/// <summary>A law was broken.</summary>
public sealed class BrokenInvariantException(string message) : Exception(message);

/// <summary>
/// Watches a world from outside all machines and checks, after every event, what must hold whatever fails.
/// </summary>
public sealed class Checker(World world)
{
    private readonly Dictionary<(FrameworkId, TaskId), TaskHistory> _histories = [];
    private readonly HashSet<TaskId> _killable = [];
    private readonly HashSet<AgentId> _drained = [];
    private readonly Dictionary<IScheduler, int> _processes = [];
    private readonly Dictionary<IScheduler, (long Newest, bool IsStale)> _met = [];
    private readonly HashSet<(AgentId?, FrameworkId, ExecutorId?)> _killedExecutors = [];
    private readonly Dictionary<SimMaster, OfferBook> _books = [];

    /// <summary>Times that all a machine holds was checked.</summary>
    public long Checks { get; private set; }

    internal void MasterHandles(SimMaster master, MasterEvent e)
    {
        if (!world.ChecksMaster)
            return;
        if (e is MasterEvent.SchedulerCalled(_, var call))
            Book(master).Hears(call);
        else if (e is MasterEvent.SchedulerDisconnected(var connection))
            Book(master).Ends(connection);
    }

    internal void MasterTells(SimMaster master, MasterEffect effect)
    {
        // A former leader may offer what it does not know to be another's; nobody takes it from it.
        if (!world.ChecksMaster || world.Election is { } election && election.Leader != master)
            return;
        if (effect is MasterEffect.ToScheduler(var to, var said))
            Book(master).Tells(to, said);
        else if (effect is MasterEffect.Close(var closed))
            Book(master).Ends(closed);
    }

    internal void MasterEnded(SimMaster master) => _books.Remove(master);

    private OfferBook Book(SimMaster master) =>
        _books.TryGetValue(master, out var book) ? book : _books[master] = new OfferBook(world);

    internal void MasterHandled(Master master, MasterEvent e)
    {
        // That an agent lives changes nothing of what is held.
        if (!world.ChecksMaster || e is MasterEvent.AgentCalled(_, AgentCall.Pong))
            return;
        Checks++;
        try
        {
            master.CheckInvariants();
        }
        catch (InvalidOperationException broken)
        {
            throw new BrokenInvariantException(broken.Message);
        }
    }

    internal void AgentHandled(SimAgent agent)
    {
        Checks++;
        if (agent.Machine is not { } machine)
            return;
        Require(agent.Total.Contains(machine.InUse), $"{agent.Host} runs [{machine.InUse}] and has only [{agent.Total}]");
        Require(agent.IsConnecting || machine.NextDeadline is not null || machine.UnacknowledgedUpdates == 0,
            $"{agent.Host} holds updates that nobody has acknowledged, and does not mean to tell them again");
    }

    /// <summary>An agent tells a master of its tasks.</summary>
    internal void AgentTells(AgentCall call)
    {
        if (!world.ChecksMaster)
            return;
        if (call is AgentCall.Register register)
        {
            foreach (var (framework, task, latest) in register.Tasks)
                History(framework, task.Id).IsAt(latest);
        }
        else if (call is AgentCall.Update(var framework, { Sequence: > 0 } status, var latest))
        {
            var history = History(framework, status.TaskId);
            history.Made(status);
            history.IsAt(latest);
        }
    }

    /// <summary>Nobody obeys a master when it has heard of a later one.</summary>
    internal static void Fence(ref long newest, long epoch, bool greets, string who, object said)
    {
        if (greets)
            newest = Math.Max(newest, epoch);
        else
            Require(epoch >= newest, $"{who} hears {said.GetType().Name} of the master of epoch {epoch}, and has met the one of epoch {newest}");
    }

    internal void ContainerLaunched(SimAgent agent, SimContainer container)
    {
        if (container.Launch.Task is { } task)
            TaskStarted(agent, container.Launch.Framework.Id!.Value, task.Id);
    }

    internal void TaskStarted(SimAgent agent, FrameworkId framework, TaskId task)
    {
        var history = History(framework, task);
        Require(history.Agent is null, $"task {task} runs twice, on {history.Agent?.Host} and on {agent.Host}");
        history.Agent = agent;
    }

    /// <summary>The agent was lost with all it ran.</summary>
    internal void AgentCrashed(SimAgent agent)
    {
        foreach (var history in _histories.Values)
            if (history.Agent == agent)
                history.Hurt = true;
    }

    /// <summary>A container was killed from outside, and with it what ran there or was on its way to it.</summary>
    internal void ContainerKilled(SimAgent agent, SimContainer container)
    {
        var framework = container.Launch.Framework.Id!.Value;
        foreach (var task in container.Tasks)
            History(framework, task).Hurt = true;
        if (container.Launch.Executor is { } executor)
            _killedExecutors.Add((agent.Id, framework, executor.Id));
    }

    /// <summary>Somebody asked for the task's end, so Killed is a fair end for it.</summary>
    public void MayBeKilled(TaskId task) => _killable.Add(task);

    /// <summary>Somebody has asked for the end of all that runs on an agent.</summary>
    internal void MayBeKilledOn(AgentId agent) => _drained.Add(agent);

    /// <summary>Its scheduler runs another in its place, since no master knows of it.</summary>
    public void GivenUp(FrameworkId framework, TaskId task) => History(framework, task).GivenUp = true;

    /// <summary>A new process of a scheduler knows what is in its store, and nothing of what was said to the former.</summary>
    internal void ProcessStarted(IScheduler scheduler) => _processes[scheduler] = _processes.GetValueOrDefault(scheduler) + 1;

    /// <summary>
    /// A scheduler hears of a master. A new process does not know which masters the former has met, and may come to one whose time is
    /// over and that does not know yet: what that one says is worth nothing, and not checked.
    /// </summary>
    internal void SchedulerHears(IScheduler scheduler, long epoch)
    {
        var newest = Math.Max(epoch, _met.GetValueOrDefault(scheduler).Newest);
        _met[scheduler] = (newest, epoch < newest);
    }

    /// <summary>A scheduler was told a task's state.</summary>
    /// <param name="exitCode">What the task would exit with, left alone.</param>
    public void Told(IScheduler scheduler, FrameworkId framework, TaskStatus status, int exitCode)
    {
        var history = History(framework, status.TaskId);
        if (_met.GetValueOrDefault(scheduler).IsStale)
        {
            history.HeardOfFormer(status);
            return;
        }
        Require(status.State != TaskState.Unknown || history.Agent is null || history.Hurt || history.Ended is not null || world.Masters.Any(m => m.HasWaitedForAgents),
            $"task {status.TaskId} is said to be unknown though {history.Agent?.Host}, where it ran, may yet come back");
        var first = history.Ended is null;
        history.Heard(status, _processes.GetValueOrDefault(scheduler));
        if (!first || !status.State.IsTerminal())
            return;
        switch (status.State)
        {
            case TaskState.Finished:
                Require(history.Agent is not null && exitCode == 0, $"task {status.TaskId} is Finished but should have exited with {exitCode}");
                break;
            case TaskState.Failed:
                Require(exitCode != 0 || history.Hurt || _killedExecutors.Contains((status.AgentId, framework, status.ExecutorId)), $"task {status.TaskId} is Failed ({status.Message}) but should have exited with 0");
                break;
            case TaskState.Killed:
                Require(_killable.Contains(status.TaskId) || status.AgentId is { } drained && _drained.Contains(drained), $"task {status.TaskId} was killed and nobody asked for it: {status.Message}");
                break;
            case TaskState.Dropped:
                Require(history.Agent is null, $"task {status.TaskId} is Dropped but ran on {history.Agent?.Host}: {status.Message}");
                break;
            case TaskState.Gone:
                Require(history.Agent is null || history.Hurt, $"task {status.TaskId} is Gone but {history.Agent?.Host} never lost it: {status.Message}");
                break;
            case TaskState.Error:
                Require(false, $"task {status.TaskId} is Error: {status.Message}");
                break;
        }
    }

    /// <summary>All agents are back: what runs on them is known to the master that leads, whoever led before.</summary>
    internal void CheckNothingLost()
    {
        var known = world.Master.Machine!.Snapshot(withTasks: true).Tasks.Where(t => !t.State.IsTerminal()).Select(t => (t.FrameworkId, t.Id)).ToHashSet();
        foreach (var agent in world.Agents)
            foreach (var container in agent.Containers)
                foreach (var task in container.Tasks)
                    Require(known.Contains((container.Launch.Framework.Id!.Value, task)), $"task {task} runs on {agent.Host} and the master does not know it");
    }

    /// <summary>True once every agent is active at the master that leads and nothing is left to be told.</summary>
    internal bool IsQuiet => world.Master.Machine is { } master && world.Agents.All(a => a.Machine is { UnacknowledgedUpdates: 0 }) &&
        master.Snapshot(withTasks: false).Agents.Count(a => a.Condition == AgentCondition.Active) == world.Agents.Count;

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

    /// <summary>Once all is quiet: every task that ran has an end that its scheduler was told.</summary>
    internal void CheckAllTold()
    {
        foreach (var ((_, task), history) in _histories)
            Require(history.Agent is null || history.Ended is not null || history.GivenUp,
                $"task {task} ran on {history.Agent?.Host}, and its scheduler was never told of its end");
    }

    private TaskHistory History(FrameworkId framework, TaskId task)
    {
        if (!_histories.TryGetValue((framework, task), out var history))
            _histories.Add((framework, task), history = new TaskHistory(task));
        return history;
    }

    public static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] LawText broken)
    {
        if (!holds)
            throw new BrokenInvariantException(broken.ToStringAndClear());
    }

    public static void Require(bool holds, string broken)
    {
        if (!holds)
            throw new BrokenInvariantException(broken);
    }
}
