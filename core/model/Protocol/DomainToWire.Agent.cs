using System.Diagnostics;

namespace Agora.Protocol;

/// <summary>Of the agent's two services: with the master and with its executors.</summary>
public static partial class DomainToWire
{
    public static V1.AgentCall ToWire(this AgentCall call) => call switch
    {
        AgentCall.Register c => new V1.AgentCall { Register = Register(c) },
        AgentCall.Update c => new V1.AgentCall
        {
            Update = new V1.AgentCall.Types.Update
            {
                FrameworkId = c.FrameworkId.Value,
                Status = c.Status.ToWire(),
                Latest = c.Latest.ToWire(),
            },
        },
        AgentCall.ExecutorExited c => new V1.AgentCall { ExecutorExited = ExecutorExited(c) },
        AgentCall.Message c => new V1.AgentCall
        {
            Message = new V1.AgentCall.Types.Message
            {
                FrameworkId = c.FrameworkId.Value,
                ExecutorId = c.ExecutorId.Value,
                Data = ToBytes(c.Data),
            },
        },
        AgentCall.Pong c => new V1.AgentCall { Pong = c.Number },
        AgentCall.Unregister => new V1.AgentCall { Unregister = Empty },
        _ => throw new UnreachableException($"no message for {call.GetType()}"),
    };

    private static V1.AgentCall.Types.Register Register(AgentCall.Register call)
    {
        var wire = new V1.AgentCall.Types.Register { Agent = call.Agent.ToWire(), Restarted = call.Restarted, Instance = call.Instance };
        foreach (var framework in call.Frameworks)
            wire.Frameworks.Add(framework.ToWire());
        foreach (var (frameworkId, task, latest) in call.Tasks)
        {
            wire.Tasks.Add(new V1.AgentCall.Types.TaskReport
            {
                FrameworkId = frameworkId.Value,
                Task = task.ToWire(),
                Latest = latest.ToWire(),
            });
        }
        foreach (var (frameworkId, executor) in call.Executors)
        {
            wire.Executors.Add(new V1.AgentCall.Types.ExecutorReport
            {
                FrameworkId = frameworkId.Value,
                Executor = executor.ToWire(),
            });
        }
        return wire;
    }

    private static V1.AgentCall.Types.ExecutorExited ExecutorExited(AgentCall.ExecutorExited call)
    {
        var wire = new V1.AgentCall.Types.ExecutorExited
        {
            FrameworkId = call.FrameworkId.Value,
            ExecutorId = call.ExecutorId.Value,
            Reason = call.Reason,
        };
        if (call.ExitCode is { } exitCode)
            wire.ExitCode = exitCode;
        return wire;
    }

    public static V1.AgentCommand ToWire(this AgentCommand command) => command switch
    {
        AgentCommand.Registered c => new V1.AgentCommand
        {
            Registered = new V1.AgentCommand.Types.Registered
            {
                AgentId = c.AgentId.Value,
                Epoch = c.Epoch,
                PingTimeoutMs = c.PingTimeout.ToMilliseconds(),
            },
        },
        AgentCommand.Refused c => new V1.AgentCommand
        {
            Refused = new V1.AgentCommand.Types.Refused { Reason = c.Reason },
        },
        AgentCommand.Shutdown c => new V1.AgentCommand
        {
            Shutdown = new V1.AgentCommand.Types.Shutdown { Reason = c.Reason },
        },
        AgentCommand.RunTasks c => new V1.AgentCommand { RunTasks = RunTasks(c) },
        AgentCommand.KillTask c => new V1.AgentCommand { KillTask = KillTask(c) },
        AgentCommand.Acknowledge c => new V1.AgentCommand
        {
            Acknowledge = new V1.AgentCommand.Types.Acknowledge
            {
                FrameworkId = c.FrameworkId.Value,
                TaskId = c.TaskId.Value,
                Sequence = c.Sequence,
            },
        },
        AgentCommand.ShutdownFramework c => new V1.AgentCommand
        {
            ShutdownFramework = new V1.AgentCommand.Types.ShutdownFramework { FrameworkId = c.FrameworkId.Value },
        },
        AgentCommand.Message c => new V1.AgentCommand
        {
            Message = new V1.AgentCommand.Types.Message
            {
                FrameworkId = c.FrameworkId.Value,
                ExecutorId = c.ExecutorId.Value,
                Data = ToBytes(c.Data),
            },
        },
        AgentCommand.Ping c => new V1.AgentCommand { Ping = c.Number },
        _ => throw new UnreachableException($"no message for {command.GetType()}"),
    };

    private static V1.AgentCommand.Types.RunTasks RunTasks(AgentCommand.RunTasks command)
    {
        var wire = new V1.AgentCommand.Types.RunTasks { Framework = command.Framework.ToWire() };
        Add(wire.Tasks, command.Tasks);
        return wire;
    }

    private static V1.AgentCommand.Types.KillTask KillTask(AgentCommand.KillTask command)
    {
        var wire = new V1.AgentCommand.Types.KillTask
        {
            FrameworkId = command.FrameworkId.Value,
            TaskId = command.TaskId.Value,
            Reason = command.Reason.ToWire(),
        };
        if (command.Grace is { } grace)
            wire.GraceMs = grace.ToMilliseconds();
        return wire;
    }

    public static V1.ExecutorCall ToWire(this ExecutorCall call) => call switch
    {
        ExecutorCall.Subscribe c => new V1.ExecutorCall { Subscribe = Subscribe(c) },
        ExecutorCall.Update c => new V1.ExecutorCall { Update = c.Status.ToWire() },
        ExecutorCall.Message c => new V1.ExecutorCall { Message = ToBytes(c.Data) },
        _ => throw new UnreachableException($"no message for {call.GetType()}"),
    };

    private static V1.ExecutorCall.Types.Subscribe Subscribe(ExecutorCall.Subscribe call)
    {
        var wire = new V1.ExecutorCall.Types.Subscribe
        {
            FrameworkId = call.FrameworkId.Value,
            ExecutorId = call.ExecutorId.Value,
            Token = call.Token,
        };
        Add(wire.Unacknowledged, call.Unacknowledged);
        Add(wire.TaskIds, call.Tasks);
        return wire;
    }

    public static V1.ExecutorEvent ToWire(this ExecutorEvent e) => e switch
    {
        ExecutorEvent.Subscribed s => new V1.ExecutorEvent
        {
            Subscribed = new V1.ExecutorEvent.Types.Subscribed
            {
                Framework = s.Framework.ToWire(),
                Executor = s.Executor.ToWire(),
                Agent = s.Agent.ToWire(),
            },
        },
        ExecutorEvent.Launch l => new V1.ExecutorEvent { Launch = l.Task.ToWire() },
        ExecutorEvent.Kill k => new V1.ExecutorEvent
        {
            Kill = new V1.ExecutorEvent.Types.Kill { TaskId = k.TaskId.Value, GraceMs = k.Grace.ToMilliseconds() },
        },
        ExecutorEvent.Acknowledged a => new V1.ExecutorEvent
        {
            Acknowledged = new V1.ExecutorEvent.Types.Acknowledged { TaskId = a.TaskId.Value, Sequence = a.Sequence },
        },
        ExecutorEvent.Message m => new V1.ExecutorEvent { Message = ToBytes(m.Data) },
        ExecutorEvent.Shutdown s => new V1.ExecutorEvent
        {
            Shutdown = new V1.ExecutorEvent.Types.Shutdown { GraceMs = s.Grace.ToMilliseconds() },
        },
        ExecutorEvent.Error x => new V1.ExecutorEvent
        {
            Error = new V1.ExecutorEvent.Types.Error { Text = x.Text, Fatal = x.Fatal },
        },
        _ => throw new UnreachableException($"no message for {e.GetType()}"),
    };
}
