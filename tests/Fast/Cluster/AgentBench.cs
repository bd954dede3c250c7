using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>An agent, a clock to advance, and what it wants done, kept until it is asked for.</summary>
internal sealed class AgentBench
{
    public static readonly FrameworkInfo Framework = new(new FrameworkId("framework-1-1"), "f");

    private readonly List<AgentRecord> _written = [];

    /// <summary>The process's own name is token0.</summary>
    private long _tokens = -1;

    public AgentBench(AgentOptions? options = null, AgentId? id = null)
    {
        Options = options ?? new AgentOptions();
        Machine = New(id, null);
    }

    private Agent New(AgentId? id, IEnumerable<AgentRecord>? records) => new(
        new AgentInfo(id, "node1", "node1", 5051, Resources.Parse("cpus:4;mem:1024"), Attributes.Empty),
        Options, () => $"token{++_tokens}", Now, records);

    /// <summary>Its process is killed and started anew, with what it had written down; then it is registered again.</summary>
    /// <param name="found">Containers that run, or have an end that will be told.</param>
    /// <returns>What it tells the master of itself.</returns>
    public AgentCall.Register Restarted(IReadOnlyList<ContainerId> found, params IReadOnlyList<ContainerId> lost)
    {
        var id = Machine.Info.Id;
        Effects.Clear();
        Machine = New(id, _written);
        Handle(new AgentEvent.ContainersFound(found, lost));
        var register = Connect();
        Command(new AgentCommand.Registered(id!.Value, 1, TimeSpan.FromHours(10)));
        return register;
    }

    public AgentOptions Options { get; }
    public Agent Machine { get; private set; }
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;
    public List<AgentEffect> Effects { get; } = [];

    /// <summary>Number of its present connection to the master.</summary>
    public long Master { get; private set; }

    public void Handle(AgentEvent e)
    {
        var effects = Machine.Handle(Now, e);
        // Written down first, or not at all.
        Assert.All(effects.Skip(1), f => Assert.IsNotType<AgentEffect.Write>(f));
        foreach (var effect in effects)
        {
            if (effect is AgentEffect.Write(var records))
                _written.AddRange(records);
            else
                Effects.Add(effect);
        }
    }

    /// <summary>Lets time pass; the agent is woken whenever it asked to be.</summary>
    public void Advance(TimeSpan time)
    {
        var end = Now + time;
        for (var steps = 0; Machine.NextDeadline is { } due && due <= end; steps++)
        {
            Assert.True(steps < 100_000, $"a deadline at {due} is never met");
            Now = due > Now ? due : Now;
            Handle(new AgentEvent.Tick());
        }
        Now = end;
    }

    public IReadOnlyList<T> Take<T>() where T : AgentEffect
    {
        var taken = Effects.OfType<T>().ToList();
        Effects.RemoveAll(e => e is T);
        return taken;
    }

    /// <summary>What it said of the kind to the master since it was last asked.</summary>
    public IReadOnlyList<T> Said<T>() where T : AgentCall
    {
        var said = Effects.OfType<AgentEffect.ToMaster>().Select(m => m.Call).OfType<T>().ToList();
        Effects.RemoveAll(e => e is AgentEffect.ToMaster { Call: T });
        return said;
    }

    /// <summary>What it said of the kind to executors since it was last asked.</summary>
    public IReadOnlyList<T> Told<T>() where T : ExecutorEvent
    {
        var told = Effects.OfType<AgentEffect.ToExecutor>().Select(m => m.Event).OfType<T>().ToList();
        Effects.RemoveAll(e => e is AgentEffect.ToExecutor { Event: T });
        return told;
    }

    /// <summary>Opens the connection it asks for, when it asks.</summary>
    public AgentCall.Register Connect()
    {
        while (!Effects.OfType<AgentEffect.ConnectToMaster>().Any())
            Advance(Machine.NextDeadline!.Value - Now);
        Master = Assert.Single(Take<AgentEffect.ConnectToMaster>()).Connection;
        Handle(new AgentEvent.MasterConnected(Master));
        return Assert.Single(Said<AgentCall.Register>());
    }

    /// <summary>Connects and registers it.</summary>
    public AgentBench Registered(long epoch = 1)
    {
        Connect();
        Command(new AgentCommand.Registered(new AgentId("agent-1-1"), epoch, TimeSpan.FromHours(10)));
        return this;
    }

    public void Command(AgentCommand command) => Handle(new AgentEvent.MasterCommanded(Master, command));

    public void Run(params TaskSpec[] tasks) => Command(new AgentCommand.RunTasks(Framework, tasks));

    public static TaskSpec Task(string id) => Tasks.Command(id, new AgentId("agent-1-1"));

    public static TaskSpec ExecutorTask(string id) => Tasks.OnExecutor(id, new AgentId("agent-1-1"));

    /// <summary>Runs a command task and has its container started; its update Running is acknowledged.</summary>
    public ContainerId Running(string id)
    {
        Run(Task(id));
        var container = Assert.Single(Take<AgentEffect.LaunchContainer>()).Container;
        Handle(new AgentEvent.ContainerStarted(container));
        Acknowledge(Update());
        return container;
    }

    /// <summary>Runs a task on an executor, which subscribes on connection 1.</summary>
    public AgentEffect.LaunchContainer RunningOnExecutor(string id)
    {
        Run(ExecutorTask(id));
        var launch = Assert.Single(Take<AgentEffect.LaunchContainer>());
        Handle(new AgentEvent.ContainerStarted(launch.Container));
        Subscribe(1, launch.Token);
        return launch;
    }

    public void Subscribe(long connection, string token, params TaskId[] has) => Handle(new AgentEvent.ExecutorCalled(connection,
        new ExecutorCall.Subscribe(Framework.Id!.Value, Tasks.Executor.Id, token, [], has)));

    public void ExecutorSays(string task, TaskState state, long sequence, long connection = 1) =>
        Handle(new AgentEvent.ExecutorCalled(connection, new ExecutorCall.Update(new TaskStatus(new TaskId(task), state,
            StatusSource.Executor, StatusReason.None, "", Now, Sequence: sequence))));

    public void Exit(ContainerId container, int exitCode, StatusReason limit = StatusReason.None, string message = "") =>
        Handle(new AgentEvent.ContainerExited(container, new ContainerResult(exitCode, limit, message)));

    public void Kill(string task, TimeSpan? grace = null, StatusReason reason = StatusReason.None) =>
        Command(new AgentCommand.KillTask(Framework.Id!.Value, new TaskId(task), grace, reason));

    /// <summary>The one status it sent since it was last asked.</summary>
    public TaskStatus Update() => Assert.Single(Said<AgentCall.Update>()).Status;

    public void Acknowledge(TaskStatus status) =>
        Command(new AgentCommand.Acknowledge(Framework.Id!.Value, status.TaskId, status.Sequence));
}
