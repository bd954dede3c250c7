using System.CommandLine;

namespace Agora.Cli.Commands;

/// <summary><c>agora drain</c>, <c>deactivate</c>, <c>reactivate</c> and <c>agents gone</c>.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var agent = AgentArgument();
        var deadline = Lookup.DurationOption("--deadline", "Kill what still runs there after this time; default is to wait without end");
        var now = new Option<bool>("--now") { Description = "Kill what runs there at once" };
        var grace = Lookup.DurationOption("--grace", "The longest time between SIGTERM and SIGKILL; default each task's own");
        var gone = new Option<bool>("--mark-gone") { Description = "Once nothing runs there, mark the agent gone for good" };
        var wait = new Option<bool>("--wait") { Description = "Return only when nothing runs there any more" };
        var undo = new Option<bool>("--undo") { Description = "The same as 'agora reactivate'" };
        var master = Cluster.MasterOption();
        var command = new Command("drain", "Stop offering an agent and wait for what runs there to end"
            .WithExample("agora drain node2 --deadline 10m --wait"))
        {
            agent, deadline, now, grace, gone, wait, undo, master,
        };
        command.Does(async (parsed, cancellation) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var (within, most) = (Lookup.Duration(parsed.GetValue(deadline)), Lookup.Duration(parsed.GetValue(grace)));
            if (parsed.GetValue(now))
                within = TimeSpan.Zero;
            var id = await Lookup.AgentAsync(cluster, parsed.GetValue(agent)!);
            await Order(cluster, parsed.GetValue(undo) ? new OperatorCommand.Reactivate(id)
                : new OperatorCommand.Drain(id, within, most, parsed.GetValue(gone)), parsed.GetValue(agent)!);
            if (parsed.GetValue(wait) && !parsed.GetValue(undo))
                await Drained(cluster, id, cancellation);
            return 0;
        });
        return command;
    }

    public static Command CreateDeactivate() => Simple("deactivate", "Stop offering an agent; what runs there is let alone",
        "agora deactivate node2", id => new OperatorCommand.Deactivate(id));

    public static Command CreateReactivate() => Simple("reactivate", "Offer an agent again that was drained or deactivated",
        "agora reactivate node2", id => new OperatorCommand.Reactivate(id));

    public static Command CreateGone() => Simple("gone", "Mark an agent gone for good: its tasks are lost, and it may not come back",
        "agora agents gone agent-1-3", id => new OperatorCommand.MarkGone(id));

    private static Argument<string> AgentArgument() => new("agent") { Description = "Agent id or hostname" };

    private static Command Simple(string name, string description, string example, Func<AgentId, OperatorCommand> order)
    {
        var (agent, master) = (AgentArgument(), Cluster.MasterOption());
        var command = new Command(name, description.WithExample(example)) { agent, master };
        command.Does(async (parsed, _) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var named = parsed.GetValue(agent)!;
            await Order(cluster, order(await Lookup.AgentAsync(cluster, named)), named);
            return 0;
        });
        return command;
    }

    private static async Task Order(Cluster cluster, OperatorCommand order, string agent)
    {
        if (await cluster.OrderAsync(order) is { } refused)
            throw new Failure($"agent '{agent}' was not changed", refused, "see 'agora agents'");
    }

    /// <summary>Waits until the agent is drained, or is no more.</summary>
    private static async Task Drained(Cluster cluster, AgentId id, CancellationToken cancellation)
    {
        while ((await cluster.SnapshotAsync()).Agents.FirstOrDefault(a => a.Info.Id == id) is { Condition: not AgentCondition.Drained } agent)
        {
            if (agent.Inactive?.Drain is null)
                throw new Failure($"agent '{agent.Info.Hostname}' is not being drained any more", "somebody has reactivated it", "see 'agora agents'");
            await Task.Delay(BetweenLooks, cancellation);
        }
    }
}
