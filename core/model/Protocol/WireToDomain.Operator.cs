using static Agora.Protocol.WireCheck;

namespace Agora.Protocol;

public static partial class WireToDomain
{
    public static OperatorCommand ToDomain(this V1.OperatorCommand wire) => wire.KindCase switch
    {
        V1.OperatorCommand.KindOneofCase.KillTask => new OperatorCommand.KillTask(
            new FrameworkId(Id(wire.KillTask.FrameworkId, "KillTask.framework_id")),
            new TaskId(Id(wire.KillTask.TaskId, "KillTask.task_id")),
            wire.KillTask.HasGraceMs ? Duration(wire.KillTask.GraceMs, "KillTask.grace_ms") : null),
        V1.OperatorCommand.KindOneofCase.Teardown => new OperatorCommand.Teardown(
            new FrameworkId(Id(wire.Teardown.FrameworkId, "Teardown.framework_id"))),
        V1.OperatorCommand.KindOneofCase.SetRole => new OperatorCommand.SetRole(
            Id(wire.SetRole.Role, "SetRole.role"),
            wire.SetRole.HasWeight ? Finite(wire.SetRole.Weight, "SetRole.weight") : null,
            wire.SetRole.HasPriority ? wire.SetRole.Priority : null,
            wire.SetRole.Guaranteed is { } guaranteed ? ToResources(guaranteed, "SetRole.guaranteed") : null),
        V1.OperatorCommand.KindOneofCase.Drain => new OperatorCommand.Drain(
            new AgentId(Id(wire.Drain.AgentId, "Drain.agent_id")),
            wire.Drain.HasWithinMs ? Duration(wire.Drain.WithinMs, "Drain.within_ms") : null,
            wire.Drain.HasGraceMs ? Duration(wire.Drain.GraceMs, "Drain.grace_ms") : null, wire.Drain.MarkGone),
        V1.OperatorCommand.KindOneofCase.Deactivate => new OperatorCommand.Deactivate(
            new AgentId(Id(wire.Deactivate.AgentId, "Deactivate.agent_id"))),
        V1.OperatorCommand.KindOneofCase.Reactivate => new OperatorCommand.Reactivate(
            new AgentId(Id(wire.Reactivate.AgentId, "Reactivate.agent_id"))),
        V1.OperatorCommand.KindOneofCase.MarkGone => new OperatorCommand.MarkGone(
            new AgentId(Id(wire.MarkGone.AgentId, "MarkGone.agent_id"))),
        V1.OperatorCommand.KindOneofCase.ScheduleMaintenance => new OperatorCommand.ScheduleMaintenance(
            wire.ScheduleMaintenance.Name, ToArray(wire.ScheduleMaintenance.Machines),
            ToUnavailability(wire.ScheduleMaintenance.When, "ScheduleMaintenance.when")),
        V1.OperatorCommand.KindOneofCase.CancelMaintenance => new OperatorCommand.CancelMaintenance(wire.CancelMaintenance.Name),
        _ => throw NoCase("OperatorCommand"),
    };

    public static ClusterSnapshot ToDomain(this V1.ClusterSnapshot wire) => new(
        Instant(wire.TimeUnixTicks, "ClusterSnapshot.time_unix_ticks"), wire.Epoch, wire.Allocator,
        Instant(wire.StartedUnixTicks, "ClusterSnapshot.started_unix_ticks"),
        ToResources(wire.Total, "ClusterSnapshot.total"),
        ToResources(wire.Used, "ClusterSnapshot.used"),
        ToResources(wire.Offered, "ClusterSnapshot.offered"),
        ToCounters(Present(wire.Counters, "ClusterSnapshot.counters")),
        ToArray(wire.Agents, ToAgentView), ToArray(wire.Frameworks, ToFrameworkView),
        ToArray(wire.Tasks, static t => t.ToDomain()), ToArray(wire.Offers, ToOfferView),
        ToArray(wire.Roles, ToRoleView), ToArray(wire.Maintenance, ToMaintenanceView), ToArray(wire.Gone, ToGone));

    private static MasterCounters ToCounters(V1.MasterCounters wire) => new(
        wire.OffersMade, wire.OffersAccepted, wire.OffersDeclined, wire.OffersRescinded, wire.TasksLaunched,
        wire.TasksFinished, wire.TasksFailed, wire.TasksKilled, wire.TasksLost, wire.AllocationPasses,
        wire.CallsRefused);

    private static AgentView ToAgentView(V1.AgentView wire) => new(
        ToAgent(wire.Info, "AgentView.info"), wire.Condition.ToDomain(),
        ToResources(wire.Used, "AgentView.used"), ToResources(wire.Offered, "AgentView.offered"),
        wire.Tasks, Instant(wire.RegisteredUnixTicks, "AgentView.registered_unix_ticks"),
        wire.Inactive is { } inactive ? ToInactive(inactive) : null);

    private static MaintenanceView ToMaintenanceView(V1.MaintenanceView wire) => new(
        ToWindow(wire.Window, "MaintenanceView.window"),
        ToArray(wire.InverseOffers, static o => new InverseOfferView(
            ToOfferId(o.Id, "InverseOfferView.id"), new FrameworkId(Id(o.FrameworkId, "InverseOfferView.framework_id")),
            new AgentId(Id(o.AgentId, "InverseOfferView.agent_id")), o.Hostname, o.HasAccepted ? o.Accepted : null, o.Reason, o.Tasks)));

    private static FrameworkView ToFrameworkView(V1.FrameworkView wire) => new(
        ToFramework(wire.Info, "FrameworkView.info"), wire.Condition.ToDomain(), wire.Suppressed,
        ToResources(wire.Used, "FrameworkView.used"), ToResources(wire.Offered, "FrameworkView.offered"),
        ToResources(wire.Demand, "FrameworkView.demand"),
        Finite(wire.DominantShare, "FrameworkView.dominant_share"),
        Finite(wire.FairShare, "FrameworkView.fair_share"), wire.RunningTasks,
        wire.OffersMade, wire.OffersAccepted, wire.OffersDeclined, wire.OffersRescinded,
        ToArray(wire.Declines, static d => new DeclineView(
            Instant(d.TimeUnixTicks, "DeclineView.time_unix_ticks"), d.Hostname, d.Reason)),
        Instant(wire.RegisteredUnixTicks, "FrameworkView.registered_unix_ticks"), wire.Standbys);

    private static TaskView ToDomain(this V1.TaskView wire) => new(
        new FrameworkId(Id(wire.FrameworkId, "TaskView.framework_id")), new TaskId(Id(wire.Id, "TaskView.id")),
        wire.Name, new AgentId(Id(wire.AgentId, "TaskView.agent_id")), wire.Hostname,
        wire.HasExecutorId ? new ExecutorId(Id(wire.ExecutorId, "TaskView.executor_id")) : null,
        ToResources(wire.Resources, "TaskView.resources"), wire.State.ToDomain(),
        ToArray(wire.History, static s => s.ToDomain()));

    private static OfferView ToOfferView(V1.OfferView wire) => new(
        ToOfferId(wire.Id, "OfferView.id"), new FrameworkId(Id(wire.FrameworkId, "OfferView.framework_id")),
        new AgentId(Id(wire.AgentId, "OfferView.agent_id")), wire.Hostname,
        ToResources(wire.Resources, "OfferView.resources"),
        Instant(wire.MadeUnixTicks, "OfferView.made_unix_ticks"),
        Instant(wire.ExpiresUnixTicks, "OfferView.expires_unix_ticks"));

    private static RoleView ToRoleView(V1.RoleView wire) => new(
        wire.Name, Finite(wire.Weight, "RoleView.weight"), wire.Priority,
        ToResources(wire.Guaranteed, "RoleView.guaranteed"), ToResources(wire.Held, "RoleView.held"),
        Finite(wire.DominantShare, "RoleView.dominant_share"), wire.Frameworks);

    public static FrameworkExplanation ToDomain(this V1.FrameworkExplanation wire) => new(
        new FrameworkId(Id(wire.FrameworkId, "FrameworkExplanation.framework_id")), wire.Name, wire.Role, wire.Summary,
        ToArray(wire.Details), Finite(wire.DominantShare, "FrameworkExplanation.dominant_share"),
        Finite(wire.FairShare, "FrameworkExplanation.fair_share"),
        ToResources(wire.Held, "FrameworkExplanation.held"), ToResources(wire.Demand, "FrameworkExplanation.demand"),
        ToArray(wire.Agents, static a => new AgentSkip(
            new AgentId(Id(a.AgentId, "AgentSkip.agent_id")), a.Hostname, a.Reason.ToDomain(),
            a.HasUntilUnixTicks ? Instant(a.UntilUnixTicks, "AgentSkip.until_unix_ticks") : null, a.Detail)));

    public static TaskExplanation ToDomain(this V1.TaskExplanation wire) =>
        new(Present(wire.Task, "TaskExplanation.task").ToDomain(), wire.Summary);
}
