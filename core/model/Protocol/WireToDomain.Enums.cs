namespace Agora.Protocol;

public static partial class WireToDomain
{
    private static TaskState ToDomain(this V1.TaskState wire) => wire switch
    {
        V1.TaskState.Staging => TaskState.Staging,
        V1.TaskState.Starting => TaskState.Starting,
        V1.TaskState.Running => TaskState.Running,
        V1.TaskState.Killing => TaskState.Killing,
        V1.TaskState.Finished => TaskState.Finished,
        V1.TaskState.Failed => TaskState.Failed,
        V1.TaskState.Killed => TaskState.Killed,
        V1.TaskState.Error => TaskState.Error,
        V1.TaskState.Lost => TaskState.Lost,
        V1.TaskState.Dropped => TaskState.Dropped,
        V1.TaskState.Unreachable => TaskState.Unreachable,
        V1.TaskState.Gone => TaskState.Gone,
        V1.TaskState.GoneByOperator => TaskState.GoneByOperator,
        V1.TaskState.Unknown => TaskState.Unknown,
        _ => throw WireCheck.UnknownNumber("TaskState", (int)wire),
    };

    private static StatusSource ToDomain(this V1.StatusSource wire) => wire switch
    {
        V1.StatusSource.Master => StatusSource.Master,
        V1.StatusSource.Agent => StatusSource.Agent,
        V1.StatusSource.Executor => StatusSource.Executor,
        _ => throw WireCheck.UnknownNumber("StatusSource", (int)wire),
    };

    private static StatusReason ToDomain(this V1.StatusReason wire) => wire switch
    {
        V1.StatusReason.None => StatusReason.None,
        V1.StatusReason.TaskInvalid => StatusReason.TaskInvalid,
        V1.StatusReason.TaskUnauthorized => StatusReason.TaskUnauthorized,
        V1.StatusReason.InvalidOffers => StatusReason.InvalidOffers,
        V1.StatusReason.ResourcesUnknown => StatusReason.ResourcesUnknown,
        V1.StatusReason.CommandFailed => StatusReason.CommandFailed,
        V1.StatusReason.ContainerLaunchFailed => StatusReason.ContainerLaunchFailed,
        V1.StatusReason.FetchFailed => StatusReason.FetchFailed,
        V1.StatusReason.MemoryLimit => StatusReason.MemoryLimit,
        V1.StatusReason.DiskLimit => StatusReason.DiskLimit,
        V1.StatusReason.ExecutorTerminated => StatusReason.ExecutorTerminated,
        V1.StatusReason.ExecutorRegistrationTimeout => StatusReason.ExecutorRegistrationTimeout,
        V1.StatusReason.FrameworkRemoved => StatusReason.FrameworkRemoved,
        V1.StatusReason.AgentUnreachable => StatusReason.AgentUnreachable,
        V1.StatusReason.AgentRemoved => StatusReason.AgentRemoved,
        V1.StatusReason.AgentRestarted => StatusReason.AgentRestarted,
        V1.StatusReason.AgentDraining => StatusReason.AgentDraining,
        V1.StatusReason.AgentRemovedByOperator => StatusReason.AgentRemovedByOperator,
        V1.StatusReason.AgentUnknown => StatusReason.AgentUnknown,
        V1.StatusReason.TaskUnknown => StatusReason.TaskUnknown,
        V1.StatusReason.KilledDuringLaunch => StatusReason.KilledDuringLaunch,
        V1.StatusReason.Revoked => StatusReason.Revoked,
        V1.StatusReason.Reconciliation => StatusReason.Reconciliation,
        _ => throw WireCheck.UnknownNumber("StatusReason", (int)wire),
    };

    private static AgentCondition ToDomain(this V1.AgentCondition wire) => wire switch
    {
        V1.AgentCondition.Active => AgentCondition.Active,
        V1.AgentCondition.Disconnected => AgentCondition.Disconnected,
        V1.AgentCondition.Unreachable => AgentCondition.Unreachable,
        V1.AgentCondition.Draining => AgentCondition.Draining,
        V1.AgentCondition.Drained => AgentCondition.Drained,
        V1.AgentCondition.Deactivated => AgentCondition.Deactivated,
        V1.AgentCondition.Maintenance => AgentCondition.Maintenance,
        _ => throw WireCheck.UnknownNumber("AgentCondition", (int)wire),
    };

    private static FrameworkCondition ToDomain(this V1.FrameworkCondition wire) => wire switch
    {
        V1.FrameworkCondition.Active => FrameworkCondition.Active,
        V1.FrameworkCondition.Disconnected => FrameworkCondition.Disconnected,
        V1.FrameworkCondition.Completed => FrameworkCondition.Completed,
        _ => throw WireCheck.UnknownNumber("FrameworkCondition", (int)wire),
    };

    private static SkipReason ToDomain(this V1.SkipReason wire) => wire switch
    {
        V1.SkipReason.None => SkipReason.None,
        V1.SkipReason.NotSubscribed => SkipReason.NotSubscribed,
        V1.SkipReason.Inactive => SkipReason.Inactive,
        V1.SkipReason.Suppressed => SkipReason.Suppressed,
        V1.SkipReason.AgentUnreachable => SkipReason.AgentUnreachable,
        V1.SkipReason.AgentDraining => SkipReason.AgentDraining,
        V1.SkipReason.AgentDeactivated => SkipReason.AgentDeactivated,
        V1.SkipReason.AgentMaintenance => SkipReason.AgentMaintenance,
        V1.SkipReason.AgentFull => SkipReason.AgentFull,
        V1.SkipReason.HeldInOffer => SkipReason.HeldInOffer,
        V1.SkipReason.Filtered => SkipReason.Filtered,
        V1.SkipReason.NotInList => SkipReason.NotInList,
        V1.SkipReason.BelowMinimum => SkipReason.BelowMinimum,
        _ => throw WireCheck.UnknownNumber("SkipReason", (int)wire),
    };
}
