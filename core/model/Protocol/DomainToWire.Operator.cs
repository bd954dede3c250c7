using System.Diagnostics;

namespace Agora.Protocol;

public static partial class DomainToWire
{
    public static V1.OperatorCommand ToWire(this OperatorCommand command) => command switch
    {
        OperatorCommand.KillTask c => new V1.OperatorCommand { KillTask = KillTask(c) },
        OperatorCommand.Teardown c => new V1.OperatorCommand
        {
            Teardown = new V1.OperatorCommand.Types.Teardown { FrameworkId = c.FrameworkId.Value },
        },
        OperatorCommand.SetRole c => new V1.OperatorCommand { SetRole = SetRole(c) },
        OperatorCommand.Drain c => new V1.OperatorCommand { Drain = Drain(c) },
        OperatorCommand.Deactivate c => new V1.OperatorCommand
        {
            Deactivate = new V1.OperatorCommand.Types.Deactivate { AgentId = c.AgentId.Value },
        },
        OperatorCommand.Reactivate c => new V1.OperatorCommand
        {
            Reactivate = new V1.OperatorCommand.Types.Reactivate { AgentId = c.AgentId.Value },
        },
        OperatorCommand.MarkGone c => new V1.OperatorCommand
        {
            MarkGone = new V1.OperatorCommand.Types.MarkGone { AgentId = c.AgentId.Value },
        },
        OperatorCommand.ScheduleMaintenance c => new V1.OperatorCommand { ScheduleMaintenance = ScheduleMaintenance(c) },
        OperatorCommand.CancelMaintenance c => new V1.OperatorCommand
        {
            CancelMaintenance = new V1.OperatorCommand.Types.CancelMaintenance { Name = c.Name },
        },
        _ => throw new UnreachableException($"no message for {command.GetType()}"),
    };

    private static V1.OperatorCommand.Types.KillTask KillTask(OperatorCommand.KillTask command)
    {
        var wire = new V1.OperatorCommand.Types.KillTask
        {
            FrameworkId = command.FrameworkId.Value,
            TaskId = command.TaskId.Value,
        };
        if (command.Grace is { } grace)
            wire.GraceMs = grace.ToMilliseconds();
        return wire;
    }

    private static V1.OperatorCommand.Types.SetRole SetRole(OperatorCommand.SetRole command)
    {
        var wire = new V1.OperatorCommand.Types.SetRole
        {
            Role = command.Role,
            Guaranteed = command.Guaranteed?.ToWire(),
        };
        if (command.Weight is { } weight)
            wire.Weight = weight;
        if (command.Priority is { } priority)
            wire.Priority = priority;
        return wire;
    }

    private static V1.OperatorCommand.Types.Drain Drain(OperatorCommand.Drain command)
    {
        var wire = new V1.OperatorCommand.Types.Drain { AgentId = command.AgentId.Value, MarkGone = command.ThenGone };
        if (command.Within is { } within)
            wire.WithinMs = within.ToMilliseconds();
        if (command.Grace is { } grace)
            wire.GraceMs = grace.ToMilliseconds();
        return wire;
    }

    private static V1.OperatorCommand.Types.ScheduleMaintenance ScheduleMaintenance(OperatorCommand.ScheduleMaintenance command)
    {
        var wire = new V1.OperatorCommand.Types.ScheduleMaintenance { Name = command.Name, When = command.When.ToWire() };
        wire.Machines.AddRange(command.Machines);
        return wire;
    }

    public static V1.ClusterSnapshot ToWire(this ClusterSnapshot snapshot)
    {
        var wire = new V1.ClusterSnapshot
        {
            TimeUnixTicks = snapshot.Time.ToUnixTicks(),
            Epoch = snapshot.Epoch,
            Allocator = snapshot.Allocator,
            StartedUnixTicks = snapshot.Started.ToUnixTicks(),
            Total = snapshot.Total.ToWire(),
            Used = snapshot.Used.ToWire(),
            Offered = snapshot.Offered.ToWire(),
            Counters = snapshot.Counters.ToWire(),
        };
        foreach (var agent in snapshot.Agents)
            wire.Agents.Add(agent.ToWire());
        foreach (var framework in snapshot.Frameworks)
            wire.Frameworks.Add(framework.ToWire());
        foreach (var task in snapshot.Tasks)
            wire.Tasks.Add(task.ToWire());
        foreach (var offer in snapshot.Offers)
            wire.Offers.Add(offer.ToWire());
        foreach (var role in snapshot.Roles)
            wire.Roles.Add(role.ToWire());
        foreach (var window in snapshot.Maintenance)
            wire.Maintenance.Add(window.ToWire());
        foreach (var gone in snapshot.Gone)
            wire.Gone.Add(gone.ToWire());
        return wire;
    }

    private static V1.MasterCounters ToWire(this MasterCounters counters) => new()
    {
        OffersMade = counters.OffersMade,
        OffersAccepted = counters.OffersAccepted,
        OffersDeclined = counters.OffersDeclined,
        OffersRescinded = counters.OffersRescinded,
        TasksLaunched = counters.TasksLaunched,
        TasksFinished = counters.TasksFinished,
        TasksFailed = counters.TasksFailed,
        TasksKilled = counters.TasksKilled,
        TasksLost = counters.TasksLost,
        AllocationPasses = counters.AllocationPasses,
        CallsRefused = counters.CallsRefused,
    };

    private static V1.AgentView ToWire(this AgentView agent) => new()
    {
        Info = agent.Info.ToWire(),
        Condition = agent.Condition.ToWire(),
        Used = agent.Used.ToWire(),
        Offered = agent.Offered.ToWire(),
        Tasks = agent.Tasks,
        RegisteredUnixTicks = agent.Registered.ToUnixTicks(),
        Inactive = agent.Inactive?.ToWire(),
    };

    private static V1.MaintenanceView ToWire(this MaintenanceView view)
    {
        var wire = new V1.MaintenanceView { Window = view.Window.ToWire() };
        foreach (var offer in view.InverseOffers)
        {
            var inverse = new V1.InverseOfferView
            {
                Id = offer.Id.ToWire(),
                FrameworkId = offer.FrameworkId.Value,
                AgentId = offer.AgentId.Value,
                Hostname = offer.Hostname,
                Reason = offer.Reason,
                Tasks = offer.Tasks,
            };
            if (offer.Accepted is { } accepted)
                inverse.Accepted = accepted;
            wire.InverseOffers.Add(inverse);
        }
        return wire;
    }

    private static V1.FrameworkView ToWire(this FrameworkView framework)
    {
        var wire = new V1.FrameworkView
        {
            Info = framework.Info.ToWire(),
            Condition = framework.Condition.ToWire(),
            Suppressed = framework.Suppressed,
            Used = framework.Used.ToWire(),
            Offered = framework.Offered.ToWire(),
            Demand = framework.Demand.ToWire(),
            DominantShare = framework.DominantShare,
            FairShare = framework.FairShare,
            RunningTasks = framework.RunningTasks,
            OffersMade = framework.OffersMade,
            OffersAccepted = framework.OffersAccepted,
            OffersDeclined = framework.OffersDeclined,
            OffersRescinded = framework.OffersRescinded,
            RegisteredUnixTicks = framework.Registered.ToUnixTicks(),
            Standbys = framework.Standbys,
        };
        foreach (var (time, hostname, reason) in framework.Declines)
        {
            wire.Declines.Add(new V1.DeclineView
            {
                TimeUnixTicks = time.ToUnixTicks(),
                Hostname = hostname,
                Reason = reason,
            });
        }
        return wire;
    }

    private static V1.TaskView ToWire(this TaskView task)
    {
        var wire = new V1.TaskView
        {
            FrameworkId = task.FrameworkId.Value,
            Id = task.Id.Value,
            Name = task.Name,
            AgentId = task.AgentId.Value,
            Hostname = task.Hostname,
            Resources = task.Resources.ToWire(),
            State = task.State.ToWire(),
        };
        if (task.ExecutorId is { } executor)
            wire.ExecutorId = executor.Value;
        Add(wire.History, task.History);
        return wire;
    }

    private static V1.OfferView ToWire(this OfferView offer) => new()
    {
        Id = offer.Id.ToWire(),
        FrameworkId = offer.FrameworkId.Value,
        AgentId = offer.AgentId.Value,
        Hostname = offer.Hostname,
        Resources = offer.Resources.ToWire(),
        MadeUnixTicks = offer.Made.ToUnixTicks(),
        ExpiresUnixTicks = offer.Expires.ToUnixTicks(),
    };

    private static V1.RoleView ToWire(this RoleView role) => new()
    {
        Name = role.Name,
        Weight = role.Weight,
        Priority = role.Priority,
        Guaranteed = role.Guaranteed.ToWire(),
        Held = role.Held.ToWire(),
        DominantShare = role.DominantShare,
        Frameworks = role.Frameworks,
    };

    public static V1.FrameworkExplanation ToWire(this FrameworkExplanation explanation)
    {
        var wire = new V1.FrameworkExplanation
        {
            FrameworkId = explanation.FrameworkId.Value,
            Name = explanation.Name,
            Role = explanation.Role,
            Summary = explanation.Summary,
            DominantShare = explanation.DominantShare,
            FairShare = explanation.FairShare,
            Held = explanation.Held.ToWire(),
            Demand = explanation.Demand.ToWire(),
        };
        wire.Details.AddRange(explanation.Details);
        foreach (var agent in explanation.Agents)
        {
            var skip = new V1.AgentSkip
            {
                AgentId = agent.AgentId.Value,
                Hostname = agent.Hostname,
                Reason = agent.Reason.ToWire(),
                Detail = agent.Detail,
            };
            if (agent.Until is { } until)
                skip.UntilUnixTicks = until.ToUnixTicks();
            wire.Agents.Add(skip);
        }
        return wire;
    }

    public static V1.TaskExplanation ToWire(this TaskExplanation explanation) =>
        new() { Task = explanation.Task.ToWire(), Summary = explanation.Summary };
}
