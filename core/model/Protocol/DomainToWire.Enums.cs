namespace Agora.Protocol;

public static partial class DomainToWire
{
    private static V1.TaskState ToWire(this TaskState value) => value switch
    {
        TaskState.Staging => V1.TaskState.Staging,
        TaskState.Starting => V1.TaskState.Starting,
        TaskState.Running => V1.TaskState.Running,
        TaskState.Killing => V1.TaskState.Killing,
        TaskState.Finished => V1.TaskState.Finished,
        TaskState.Failed => V1.TaskState.Failed,
        TaskState.Killed => V1.TaskState.Killed,
        TaskState.Error => V1.TaskState.Error,
        TaskState.Lost => V1.TaskState.Lost,
        TaskState.Dropped => V1.TaskState.Dropped,
        TaskState.Unreachable => V1.TaskState.Unreachable,
        TaskState.Gone => V1.TaskState.Gone,
        TaskState.GoneByOperator => V1.TaskState.GoneByOperator,
        TaskState.Unknown => V1.TaskState.Unknown,
    };

    private static V1.StatusSource ToWire(this StatusSource value) => value switch
    {
        StatusSource.Master => V1.StatusSource.Master,
        StatusSource.Agent => V1.StatusSource.Agent,
        StatusSource.Executor => V1.StatusSource.Executor,
    };

    private static V1.StatusReason ToWire(this StatusReason value) => value switch
    {
        StatusReason.None => V1.StatusReason.None,
        StatusReason.TaskInvalid => V1.StatusReason.TaskInvalid,
        StatusReason.TaskUnauthorized => V1.StatusReason.TaskUnauthorized,
        StatusReason.InvalidOffers => V1.StatusReason.InvalidOffers,
        StatusReason.ResourcesUnknown => V1.StatusReason.ResourcesUnknown,
        StatusReason.CommandFailed => V1.StatusReason.CommandFailed,
        StatusReason.ContainerLaunchFailed => V1.StatusReason.ContainerLaunchFailed,
        StatusReason.FetchFailed => V1.StatusReason.FetchFailed,
        StatusReason.MemoryLimit => V1.StatusReason.MemoryLimit,
        StatusReason.DiskLimit => V1.StatusReason.DiskLimit,
        StatusReason.ExecutorTerminated => V1.StatusReason.ExecutorTerminated,
        StatusReason.ExecutorRegistrationTimeout => V1.StatusReason.ExecutorRegistrationTimeout,
        StatusReason.FrameworkRemoved => V1.StatusReason.FrameworkRemoved,
        StatusReason.AgentUnreachable => V1.StatusReason.AgentUnreachable,
        StatusReason.AgentRemoved => V1.StatusReason.AgentRemoved,
        StatusReason.AgentRestarted => V1.StatusReason.AgentRestarted,
        StatusReason.AgentDraining => V1.StatusReason.AgentDraining,
        StatusReason.AgentRemovedByOperator => V1.StatusReason.AgentRemovedByOperator,
        StatusReason.AgentUnknown => V1.StatusReason.AgentUnknown,
        StatusReason.TaskUnknown => V1.StatusReason.TaskUnknown,
        StatusReason.KilledDuringLaunch => V1.StatusReason.KilledDuringLaunch,
        StatusReason.Revoked => V1.StatusReason.Revoked,
        StatusReason.Reconciliation => V1.StatusReason.Reconciliation,
    };

    private static V1.AgentCondition ToWire(this AgentCondition value) => value switch
    {
        AgentCondition.Active => V1.AgentCondition.Active,
        AgentCondition.Disconnected => V1.AgentCondition.Disconnected,
        AgentCondition.Unreachable => V1.AgentCondition.Unreachable,
        AgentCondition.Draining => V1.AgentCondition.Draining,
        AgentCondition.Drained => V1.AgentCondition.Drained,
        AgentCondition.Deactivated => V1.AgentCondition.Deactivated,
        AgentCondition.Maintenance => V1.AgentCondition.Maintenance,
    };

    private static V1.FrameworkCondition ToWire(this FrameworkCondition value) => value switch
    {
        FrameworkCondition.Active => V1.FrameworkCondition.Active,
        FrameworkCondition.Disconnected => V1.FrameworkCondition.Disconnected,
        FrameworkCondition.Completed => V1.FrameworkCondition.Completed,
    };

    private static V1.SkipReason ToWire(this SkipReason value) => value switch
    {
        SkipReason.None => V1.SkipReason.None,
        SkipReason.NotSubscribed => V1.SkipReason.NotSubscribed,
        SkipReason.Inactive => V1.SkipReason.Inactive,
        SkipReason.Suppressed => V1.SkipReason.Suppressed,
        SkipReason.AgentUnreachable => V1.SkipReason.AgentUnreachable,
        SkipReason.AgentDraining => V1.SkipReason.AgentDraining,
        SkipReason.AgentDeactivated => V1.SkipReason.AgentDeactivated,
        SkipReason.AgentMaintenance => V1.SkipReason.AgentMaintenance,
        SkipReason.AgentFull => V1.SkipReason.AgentFull,
        SkipReason.HeldInOffer => V1.SkipReason.HeldInOffer,
        SkipReason.Filtered => V1.SkipReason.Filtered,
        SkipReason.NotInList => V1.SkipReason.NotInList,
        SkipReason.BelowMinimum => V1.SkipReason.BelowMinimum,
    };
}
