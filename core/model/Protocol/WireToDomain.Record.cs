using static Agora.Protocol.WireCheck;

namespace Agora.Protocol;

public static partial class WireToDomain
{
    public static AgentRecord ToDomain(this V1.AgentRecord wire) => wire.KindCase switch
    {
        V1.AgentRecord.KindOneofCase.ExecutorLaunched => new AgentRecord.ExecutorLaunched(
            ToFramework(wire.ExecutorLaunched.Framework, "ExecutorLaunched.framework"),
            ToExecutor(wire.ExecutorLaunched.Executor, "ExecutorLaunched.executor"),
            wire.ExecutorLaunched.Container, wire.ExecutorLaunched.Token),
        V1.AgentRecord.KindOneofCase.ExecutorEnded => new AgentRecord.ExecutorEnded(
            new FrameworkId(Id(wire.ExecutorEnded.FrameworkId, "ExecutorEnded.framework_id")),
            new ExecutorId(Id(wire.ExecutorEnded.ExecutorId, "ExecutorEnded.executor_id"))),
        V1.AgentRecord.KindOneofCase.TaskLaunched => new AgentRecord.TaskLaunched(
            ToFramework(wire.TaskLaunched.Framework, "TaskLaunched.framework"),
            Present(wire.TaskLaunched.Task, "TaskLaunched.task").ToDomain(),
            NotNegative(wire.TaskLaunched.Number, "TaskLaunched.number"),
            wire.TaskLaunched.HasContainer ? wire.TaskLaunched.Container : null),
        V1.AgentRecord.KindOneofCase.TaskChanged => new AgentRecord.TaskChanged(
            new FrameworkId(Id(wire.TaskChanged.FrameworkId, "TaskChanged.framework_id")),
            new TaskId(Id(wire.TaskChanged.TaskId, "TaskChanged.task_id")),
            wire.TaskChanged.State.ToDomain(),
            wire.TaskChanged.HasKillReason ? wire.TaskChanged.KillReason.ToDomain() : null,
            NotNegative(wire.TaskChanged.LastSequence, "TaskChanged.last_sequence"),
            NotNegative(wire.TaskChanged.ExecutorSequence, "TaskChanged.executor_sequence"),
            ToArray(wire.TaskChanged.Updates, static s => s.ToDomain())),
        V1.AgentRecord.KindOneofCase.TaskForgotten => new AgentRecord.TaskForgotten(
            new FrameworkId(Id(wire.TaskForgotten.FrameworkId, "TaskForgotten.framework_id")),
            new TaskId(Id(wire.TaskForgotten.TaskId, "TaskForgotten.task_id"))),
        _ => throw NoCase("AgentRecord"),
    };
}
