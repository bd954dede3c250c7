using static Agora.Protocol.WireCheck;

namespace Agora.Protocol;

public static partial class WireToDomain
{
    public static SchedulerCall ToDomain(this V1.SchedulerCall wire) => wire.KindCase switch
    {
        V1.SchedulerCall.KindOneofCase.Subscribe => new SchedulerCall.Subscribe(
            ToFramework(wire.Subscribe.Framework, "Subscribe.framework"), wire.Subscribe.Suppressed,
            wire.Subscribe.Filters?.ToDomain(),
            wire.Subscribe.Hints is { } hints ? ToDomain(hints) : null, wire.Subscribe.Standby),
        V1.SchedulerCall.KindOneofCase.Accept => new SchedulerCall.Accept(
            ToOfferIds(wire.Accept.Offers, "Accept.offers"),
            ToArray(wire.Accept.Tasks, static t => t.ToDomain()),
            wire.Accept.HasRefuseMs ? Duration(wire.Accept.RefuseMs, "Accept.refuse_ms") : null),
        V1.SchedulerCall.KindOneofCase.Decline => new SchedulerCall.Decline(
            ToOfferIds(wire.Decline.Offers, "Decline.offers"), wire.Decline.Reason,
            wire.Decline.HasRefuseMs ? Duration(wire.Decline.RefuseMs, "Decline.refuse_ms") : null),
        V1.SchedulerCall.KindOneofCase.Revive => new SchedulerCall.Revive(),
        V1.SchedulerCall.KindOneofCase.Suppress => new SchedulerCall.Suppress(),
        V1.SchedulerCall.KindOneofCase.SetFilters => new SchedulerCall.SetFilters(wire.SetFilters.ToDomain()),
        V1.SchedulerCall.KindOneofCase.Publish => new SchedulerCall.Publish(wire.Publish.Kind, wire.Publish.Page),
        V1.SchedulerCall.KindOneofCase.UpdateHints => new SchedulerCall.UpdateHints(ToDomain(wire.UpdateHints)),
        V1.SchedulerCall.KindOneofCase.Kill => new SchedulerCall.Kill(
            new TaskId(Id(wire.Kill.TaskId, "Kill.task_id")),
            wire.Kill.HasAgentId ? new AgentId(Id(wire.Kill.AgentId, "Kill.agent_id")) : null,
            wire.Kill.HasGraceMs ? Duration(wire.Kill.GraceMs, "Kill.grace_ms") : null),
        V1.SchedulerCall.KindOneofCase.Acknowledge => new SchedulerCall.Acknowledge(
            new AgentId(Id(wire.Acknowledge.AgentId, "Acknowledge.agent_id")),
            new TaskId(Id(wire.Acknowledge.TaskId, "Acknowledge.task_id")),
            NotNegative(wire.Acknowledge.Sequence, "Acknowledge.sequence")),
        V1.SchedulerCall.KindOneofCase.Reconcile => new SchedulerCall.Reconcile(
            ToArray(wire.Reconcile.Tasks, static t => new TaskReference(
                new TaskId(Id(t.TaskId, "Reconcile.tasks.task_id")),
                t.HasAgentId ? new AgentId(Id(t.AgentId, "Reconcile.tasks.agent_id")) : null))),
        V1.SchedulerCall.KindOneofCase.Message => new SchedulerCall.Message(
            new AgentId(Id(wire.Message.AgentId, "Message.agent_id")),
            new ExecutorId(Id(wire.Message.ExecutorId, "Message.executor_id")), wire.Message.Data.Memory),
        V1.SchedulerCall.KindOneofCase.AcceptInverse => new SchedulerCall.AcceptInverse(
            ToOfferIds(wire.AcceptInverse.Offers, "AcceptInverse.offers")),
        V1.SchedulerCall.KindOneofCase.DeclineInverse => new SchedulerCall.DeclineInverse(
            ToOfferIds(wire.DeclineInverse.Offers, "DeclineInverse.offers"), wire.DeclineInverse.Reason),
        V1.SchedulerCall.KindOneofCase.Pong => new SchedulerCall.Pong(),
        V1.SchedulerCall.KindOneofCase.Teardown => new SchedulerCall.Teardown(),
        _ => throw NoCase("SchedulerCall"),
    };

    public static SchedulerEvent ToDomain(this V1.SchedulerEvent wire) => wire.KindCase switch
    {
        V1.SchedulerEvent.KindOneofCase.Subscribed => new SchedulerEvent.Subscribed(
            new FrameworkId(Id(wire.Subscribed.FrameworkId, "Subscribed.framework_id")),
            NotNegative(wire.Subscribed.Epoch, "Subscribed.epoch"),
            Duration(wire.Subscribed.HeartbeatIntervalMs, "Subscribed.heartbeat_interval_ms"),
            ToResources(wire.Subscribed.Guaranteed, "Subscribed.guaranteed")),
        V1.SchedulerEvent.KindOneofCase.Offers => new SchedulerEvent.Offers(
            ToArray(wire.Offers.List, static o => o.ToDomain())),
        V1.SchedulerEvent.KindOneofCase.Rescind => new SchedulerEvent.Rescind(
            ToOfferIds(wire.Rescind.OfferIds, "Rescind.offer_ids")),
        V1.SchedulerEvent.KindOneofCase.Update => new SchedulerEvent.Update(wire.Update.ToDomain()),
        V1.SchedulerEvent.KindOneofCase.Message => new SchedulerEvent.Message(
            new AgentId(Id(wire.Message.AgentId, "Message.agent_id")),
            new ExecutorId(Id(wire.Message.ExecutorId, "Message.executor_id")), wire.Message.Data.Memory),
        V1.SchedulerEvent.KindOneofCase.AgentLost => new SchedulerEvent.AgentLost(
            new AgentId(Id(wire.AgentLost.AgentId, "AgentLost.agent_id")),
            wire.AgentLost.Hostname, wire.AgentLost.Reason),
        V1.SchedulerEvent.KindOneofCase.ExecutorLost => new SchedulerEvent.ExecutorLost(
            new AgentId(Id(wire.ExecutorLost.AgentId, "ExecutorLost.agent_id")),
            new ExecutorId(Id(wire.ExecutorLost.ExecutorId, "ExecutorLost.executor_id")),
            wire.ExecutorLost.HasExitCode ? wire.ExecutorLost.ExitCode : null, wire.ExecutorLost.Reason),
        V1.SchedulerEvent.KindOneofCase.Heartbeat => new SchedulerEvent.Heartbeat(),
        V1.SchedulerEvent.KindOneofCase.Takeover => new SchedulerEvent.Takeover(
            new FrameworkId(Id(wire.Takeover.FrameworkId, "Takeover.framework_id"))),
        V1.SchedulerEvent.KindOneofCase.StandingBy => new SchedulerEvent.StandingBy(
            new FrameworkId(Id(wire.StandingBy.FrameworkId, "StandingBy.framework_id")),
            NotNegative(wire.StandingBy.Epoch, "StandingBy.epoch"),
            Duration(wire.StandingBy.HeartbeatIntervalMs, "StandingBy.heartbeat_interval_ms")),
        V1.SchedulerEvent.KindOneofCase.InverseOffers => new SchedulerEvent.InverseOffers(
            ToArray(wire.InverseOffers.List, ToInverseOffer)),
        V1.SchedulerEvent.KindOneofCase.RescindInverse => new SchedulerEvent.RescindInverse(
            ToOfferIds(wire.RescindInverse.OfferIds, "RescindInverse.offer_ids")),
        V1.SchedulerEvent.KindOneofCase.Guarantee => new SchedulerEvent.Guarantee(
            ToResources(wire.Guarantee, "SchedulerEvent.guarantee")),
        V1.SchedulerEvent.KindOneofCase.RevocationWarning => new SchedulerEvent.RevocationWarning(
            ToResources(wire.RevocationWarning.Amount, "RevocationWarning.amount"),
            Instant(wire.RevocationWarning.DeadlineUnixTicks, "RevocationWarning.deadline_unix_ticks"),
            ToTaskIds(wire.RevocationWarning.TaskIds, "RevocationWarning.task_ids")),
        V1.SchedulerEvent.KindOneofCase.Error => new SchedulerEvent.Error(wire.Error.Text, wire.Error.Fatal),
        _ => throw NoCase("SchedulerEvent"),
    };
}
