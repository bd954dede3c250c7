using static Agora.Protocol.WireCheck;

namespace Agora.Protocol;

/// <summary>Of the agent's two services: with the master and with its executors.</summary>
public static partial class WireToDomain
{
    public static AgentCall ToDomain(this V1.AgentCall wire) => wire.KindCase switch
    {
        V1.AgentCall.KindOneofCase.Register => new AgentCall.Register(
            ToAgent(wire.Register.Agent, "Register.agent"),
            ToArray(wire.Register.Frameworks, static f => f.ToDomain()),
            ToArray(wire.Register.Tasks, static t => new TaskReport(
                new FrameworkId(Id(t.FrameworkId, "Register.tasks.framework_id")),
                ToTask(t.Task, "Register.tasks.task"), t.Latest.ToDomain())),
            ToArray(wire.Register.Executors, static e => new ExecutorReport(
                new FrameworkId(Id(e.FrameworkId, "Register.executors.framework_id")),
                ToExecutor(e.Executor, "Register.executors.executor"))), wire.Register.Restarted, wire.Register.Instance),
        V1.AgentCall.KindOneofCase.Update => new AgentCall.Update(
            new FrameworkId(Id(wire.Update.FrameworkId, "Update.framework_id")),
            ToStatus(wire.Update.Status, "Update.status"), wire.Update.Latest.ToDomain()),
        V1.AgentCall.KindOneofCase.ExecutorExited => new AgentCall.ExecutorExited(
            new FrameworkId(Id(wire.ExecutorExited.FrameworkId, "ExecutorExited.framework_id")),
            new ExecutorId(Id(wire.ExecutorExited.ExecutorId, "ExecutorExited.executor_id")),
            wire.ExecutorExited.HasExitCode ? wire.ExecutorExited.ExitCode : null, wire.ExecutorExited.Reason),
        V1.AgentCall.KindOneofCase.Message => new AgentCall.Message(
            new FrameworkId(Id(wire.Message.FrameworkId, "Message.framework_id")),
            new ExecutorId(Id(wire.Message.ExecutorId, "Message.executor_id")), wire.Message.Data.Memory),
        V1.AgentCall.KindOneofCase.Pong => new AgentCall.Pong(wire.Pong),
        V1.AgentCall.KindOneofCase.Unregister => new AgentCall.Unregister(),
        _ => throw NoCase("AgentCall"),
    };

    public static AgentCommand ToDomain(this V1.AgentCommand wire) => wire.KindCase switch
    {
        V1.AgentCommand.KindOneofCase.Registered => new AgentCommand.Registered(
            new AgentId(Id(wire.Registered.AgentId, "Registered.agent_id")),
            NotNegative(wire.Registered.Epoch, "Registered.epoch"),
            Duration(wire.Registered.PingTimeoutMs, "Registered.ping_timeout_ms")),
        V1.AgentCommand.KindOneofCase.Refused => new AgentCommand.Refused(wire.Refused.Reason),
        V1.AgentCommand.KindOneofCase.Shutdown => new AgentCommand.Shutdown(wire.Shutdown.Reason),
        V1.AgentCommand.KindOneofCase.RunTasks => new AgentCommand.RunTasks(
            ToFramework(wire.RunTasks.Framework, "RunTasks.framework"),
            ToArray(wire.RunTasks.Tasks, static t => t.ToDomain())),
        V1.AgentCommand.KindOneofCase.KillTask => new AgentCommand.KillTask(
            new FrameworkId(Id(wire.KillTask.FrameworkId, "KillTask.framework_id")),
            new TaskId(Id(wire.KillTask.TaskId, "KillTask.task_id")),
            wire.KillTask.HasGraceMs ? Duration(wire.KillTask.GraceMs, "KillTask.grace_ms") : null,
            wire.KillTask.Reason.ToDomain()),
        V1.AgentCommand.KindOneofCase.Acknowledge => new AgentCommand.Acknowledge(
            new FrameworkId(Id(wire.Acknowledge.FrameworkId, "Acknowledge.framework_id")),
            new TaskId(Id(wire.Acknowledge.TaskId, "Acknowledge.task_id")),
            NotNegative(wire.Acknowledge.Sequence, "Acknowledge.sequence")),
        V1.AgentCommand.KindOneofCase.ShutdownFramework => new AgentCommand.ShutdownFramework(
            new FrameworkId(Id(wire.ShutdownFramework.FrameworkId, "ShutdownFramework.framework_id"))),
        V1.AgentCommand.KindOneofCase.Message => new AgentCommand.Message(
            new FrameworkId(Id(wire.Message.FrameworkId, "Message.framework_id")),
            new ExecutorId(Id(wire.Message.ExecutorId, "Message.executor_id")), wire.Message.Data.Memory),
        V1.AgentCommand.KindOneofCase.Ping => new AgentCommand.Ping(wire.Ping),
        _ => throw NoCase("AgentCommand"),
    };

    public static ExecutorCall ToDomain(this V1.ExecutorCall wire) => wire.KindCase switch
    {
        V1.ExecutorCall.KindOneofCase.Subscribe => new ExecutorCall.Subscribe(
            new FrameworkId(Id(wire.Subscribe.FrameworkId, "Subscribe.framework_id")),
            new ExecutorId(Id(wire.Subscribe.ExecutorId, "Subscribe.executor_id")), wire.Subscribe.Token,
            ToArray(wire.Subscribe.Unacknowledged, static s => s.ToDomain()),
            ToTaskIds(wire.Subscribe.TaskIds, "Subscribe.task_ids")),
        V1.ExecutorCall.KindOneofCase.Update => new ExecutorCall.Update(wire.Update.ToDomain()),
        V1.ExecutorCall.KindOneofCase.Message => new ExecutorCall.Message(wire.Message.Memory),
        _ => throw NoCase("ExecutorCall"),
    };

    public static ExecutorEvent ToDomain(this V1.ExecutorEvent wire) => wire.KindCase switch
    {
        V1.ExecutorEvent.KindOneofCase.Subscribed => new ExecutorEvent.Subscribed(
            ToFramework(wire.Subscribed.Framework, "Subscribed.framework"),
            ToExecutor(wire.Subscribed.Executor, "Subscribed.executor"),
            ToAgent(wire.Subscribed.Agent, "Subscribed.agent")),
        V1.ExecutorEvent.KindOneofCase.Launch => new ExecutorEvent.Launch(wire.Launch.ToDomain()),
        V1.ExecutorEvent.KindOneofCase.Kill => new ExecutorEvent.Kill(
            new TaskId(Id(wire.Kill.TaskId, "Kill.task_id")), Duration(wire.Kill.GraceMs, "Kill.grace_ms")),
        V1.ExecutorEvent.KindOneofCase.Acknowledged => new ExecutorEvent.Acknowledged(
            new TaskId(Id(wire.Acknowledged.TaskId, "Acknowledged.task_id")),
            NotNegative(wire.Acknowledged.Sequence, "Acknowledged.sequence")),
        V1.ExecutorEvent.KindOneofCase.Message => new ExecutorEvent.Message(wire.Message.Memory),
        V1.ExecutorEvent.KindOneofCase.Shutdown => new ExecutorEvent.Shutdown(
            Duration(wire.Shutdown.GraceMs, "Shutdown.grace_ms")),
        V1.ExecutorEvent.KindOneofCase.Error => new ExecutorEvent.Error(wire.Error.Text, wire.Error.Fatal),
        _ => throw NoCase("ExecutorEvent"),
    };
}
