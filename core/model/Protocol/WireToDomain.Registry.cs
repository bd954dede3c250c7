using static Agora.Protocol.WireCheck;

namespace Agora.Protocol;

public static partial class WireToDomain
{
    public static Registry ToDomain(this V1.Registry wire)
    {
        if (wire.Format > DomainToWire.RegistryFormat)
            Fail("Registry.format", $"is {wire.Format}, written by a newer master; this one knows {DomainToWire.RegistryFormat}");
        return new Registry(ToArray(wire.Roles, ToRoleSettings), ToArray(wire.Inactive, ToInactive), ToArray(wire.Gone, ToGone),
            ToArray(wire.Maintenance, static w => ToWindow(w, "Registry.maintenance")));
    }

    private static RoleSettings ToRoleSettings(V1.RoleSettings wire) => new(Id(wire.Role, "RoleSettings.role"),
        wire.HasWeightMilli ? NotNegative(wire.WeightMilli, "RoleSettings.weight_milli") : null,
        wire.HasPriority ? wire.Priority : null,
        wire.Guaranteed is { } guaranteed ? ToResources(guaranteed, "RoleSettings.guaranteed") : null);

    private static InactiveAgent ToInactive(V1.InactiveAgent wire) => new(new AgentId(Id(wire.Id, "InactiveAgent.id")),
        Instant(wire.SinceUnixTicks, "InactiveAgent.since_unix_ticks"), wire.Drain is { } drain ? ToDrain(drain) : null);

    private static DrainOrder ToDrain(V1.DrainOrder wire) => new(
        wire.HasDeadlineUnixTicks ? Instant(wire.DeadlineUnixTicks, "DrainOrder.deadline_unix_ticks") : null,
        wire.HasGraceMs ? Duration(wire.GraceMs, "DrainOrder.grace_ms") : null, wire.MarkGone);

    private static GoneAgent ToGone(V1.GoneAgent wire) => new(
        new AgentId(Id(wire.Id, "GoneAgent.id")), wire.Hostname, Instant(wire.SinceUnixTicks, "GoneAgent.since_unix_ticks"));

    private static MaintenanceWindow ToWindow(V1.MaintenanceWindow wire, string field)
    {
        Present(wire, field);
        return new MaintenanceWindow(wire.Name, ToArray(wire.Machines), ToUnavailability(wire.When, $"{field}.when"));
    }

    private static Unavailability ToUnavailability(V1.Unavailability wire, string field)
    {
        Present(wire, field);
        return new Unavailability(Instant(wire.StartUnixTicks, $"{field}.start_unix_ticks"),
            wire.HasDurationMs ? Duration(wire.DurationMs, $"{field}.duration_ms") : null);
    }

    private static InverseOffer ToInverseOffer(V1.InverseOffer wire) => new(
        ToOfferId(wire.Id, "InverseOffer.id"), new FrameworkId(Id(wire.FrameworkId, "InverseOffer.framework_id")),
        new AgentId(Id(wire.AgentId, "InverseOffer.agent_id")), wire.Hostname,
        ToResources(wire.Resources, "InverseOffer.resources"),
        ToUnavailability(wire.Unavailability, "InverseOffer.unavailability"));
}
