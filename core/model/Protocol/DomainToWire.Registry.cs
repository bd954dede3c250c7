namespace Agora.Protocol;

public static partial class DomainToWire
{
    /// <summary>Of <see cref="V1.Registry"/>.</summary>
    public const int RegistryFormat = 1;

    public static V1.Registry ToWire(this Registry registry)
    {
        var wire = new V1.Registry { Format = RegistryFormat };
        foreach (var role in registry.Roles)
            wire.Roles.Add(role.ToWire());
        foreach (var agent in registry.Inactive)
            wire.Inactive.Add(agent.ToWire());
        foreach (var agent in registry.Gone)
            wire.Gone.Add(agent.ToWire());
        foreach (var window in registry.Maintenance)
            wire.Maintenance.Add(window.ToWire());
        return wire;
    }

    private static V1.RoleSettings ToWire(this RoleSettings role)
    {
        var wire = new V1.RoleSettings { Role = role.Role, Guaranteed = role.Guaranteed?.ToWire() };
        if (role.WeightMilli is { } weight)
            wire.WeightMilli = weight;
        if (role.Priority is { } priority)
            wire.Priority = priority;
        return wire;
    }

    private static V1.InactiveAgent ToWire(this InactiveAgent agent) => new()
    {
        Id = agent.Id.Value,
        SinceUnixTicks = agent.Since.ToUnixTicks(),
        Drain = agent.Drain?.ToWire(),
    };

    private static V1.DrainOrder ToWire(this DrainOrder order)
    {
        var wire = new V1.DrainOrder { MarkGone = order.MarkGone };
        if (order.Deadline is { } deadline)
            wire.DeadlineUnixTicks = deadline.ToUnixTicks();
        if (order.Grace is { } grace)
            wire.GraceMs = grace.ToMilliseconds();
        return wire;
    }

    private static V1.GoneAgent ToWire(this GoneAgent agent) =>
        new() { Id = agent.Id.Value, Hostname = agent.Hostname, SinceUnixTicks = agent.Since.ToUnixTicks() };

    private static V1.MaintenanceWindow ToWire(this MaintenanceWindow window)
    {
        var wire = new V1.MaintenanceWindow { Name = window.Name, When = window.When.ToWire() };
        wire.Machines.AddRange(window.Machines);
        return wire;
    }

    private static V1.Unavailability ToWire(this Unavailability unavailability)
    {
        var wire = new V1.Unavailability { StartUnixTicks = unavailability.Start.ToUnixTicks() };
        if (unavailability.Duration is { } duration)
            wire.DurationMs = duration.ToMilliseconds();
        return wire;
    }

    private static V1.InverseOffer ToWire(this InverseOffer offer) => new()
    {
        Id = offer.Id.ToWire(),
        FrameworkId = offer.FrameworkId.Value,
        AgentId = offer.AgentId.Value,
        Hostname = offer.Hostname,
        Resources = offer.Resources.ToWire(),
        Unavailability = offer.Unavailability.ToWire(),
    };
}
