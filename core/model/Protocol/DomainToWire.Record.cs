using System.Diagnostics;

namespace Agora.Protocol;

public static partial class DomainToWire
{
    public static V1.AgentRecord ToWire(this AgentRecord record) => record switch
    {
        AgentRecord.ExecutorLaunched r => new V1.AgentRecord
        {
            ExecutorLaunched = new V1.AgentRecord.Types.ExecutorLaunched
            {
                Framework = r.Framework.ToWire(),
                Executor = r.Executor.ToWire(),
                Container = r.Container,
                Token = r.Token,
            },
        },
        AgentRecord.ExecutorEnded r => new V1.AgentRecord
        {
            ExecutorEnded = new V1.AgentRecord.Types.ExecutorEnded { FrameworkId = r.FrameworkId.Value, ExecutorId = r.ExecutorId.Value },
        },
        AgentRecord.TaskLaunched r => new V1.AgentRecord { TaskLaunched = Launched(r) },
        AgentRecord.TaskChanged r => new V1.AgentRecord { TaskChanged = Changed(r) },
        AgentRecord.TaskForgotten r => new V1.AgentRecord
        {
            TaskForgotten = new V1.AgentRecord.Types.TaskForgotten { FrameworkId = r.FrameworkId.Value, TaskId = r.TaskId.Value },
        },
        _ => throw new UnreachableException($"no message for {record.GetType()}"),
    };

    private static V1.AgentRecord.Types.TaskLaunched Launched(AgentRecord.TaskLaunched record)
    {
        var wire = new V1.AgentRecord.Types.TaskLaunched
        {
            Framework = record.Framework.ToWire(),
            Task = record.Task.ToWire(),
            Number = record.Number,
        };
        if (record.Container is { } container)
            wire.Container = container;
        return wire;
    }

    private static V1.AgentRecord.Types.TaskChanged Changed(AgentRecord.TaskChanged record)
    {
        var wire = new V1.AgentRecord.Types.TaskChanged
        {
            FrameworkId = record.FrameworkId.Value,
            TaskId = record.TaskId.Value,
            State = record.State.ToWire(),
            LastSequence = record.LastSequence,
            ExecutorSequence = record.ExecutorSequence,
        };
        if (record.KillReason is { } reason)
            wire.KillReason = reason.ToWire();
        foreach (var update in record.Updates)
            wire.Updates.Add(update.ToWire());
        return wire;
    }
}
