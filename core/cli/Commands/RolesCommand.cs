using System.CommandLine;
using static Agora.Cli.Output;

namespace Agora.Cli.Commands;

internal static class RolesCommand
{
    public static Command Create()
    {
        var command = ViewCommand.Create("roles", "List the roles, or set one's weight, priority and guarantee",
            "agora roles set hadoop --weight 2 --guarantee 'cpus:4;mem:4096'", withTasks: false,
            s => Table(["ROLE", "WEIGHT", "PRIORITY", "SHARE", "HELD", "GUARANTEED", "FRAMEWORKS"],
                s.Roles.Select(r => (IReadOnlyList<string>)
                [
                    r.Name, $"{r.Weight}", $"{r.Priority}", Percent(r.DominantShare), r.Held.ToString(),
                    r.Guaranteed.ToString(), $"{r.Frameworks}",
                ])),
            (json, s) => ViewJson.List(json, s.Roles, ViewJson.Write));
        command.Add(CreateSet());
        return command;
    }

    private static Command CreateSet()
    {
        var name = new Argument<string>("role") { Description = "The role's name" };
        var weight = new Option<double?>("--weight") { Description = "Part of the cluster against other roles, 0.001 to 1000" };
        var priority = new Option<int?>("--priority") { Description = "For the 'priority' allocator: higher goes first" };
        var guarantee = new Option<string?>("--guarantee") { Description = "Resources that others give up for it", HelpName = "resources" };
        var master = Cluster.MasterOption();
        var command = new Command("set", "Set what is given of a role".WithExample("agora roles set hadoop --weight 2"))
        {
            name, weight, priority, guarantee, master,
        };
        command.Does(async (parsed, _) =>
        {
            Resources? guaranteed = null;
            if (parsed.GetValue(guarantee) is { } text && !Resources.TryParse(text, out guaranteed, out var wrong))
                throw new Failure("the guarantee is not understood", wrong, "write it as cpus:4;mem:4096", 2);
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var refused = await cluster.OrderAsync(new OperatorCommand.SetRole(parsed.GetValue(name)!,
                parsed.GetValue(weight), parsed.GetValue(priority), guaranteed));
            return refused is null ? 0 : throw new Failure("the role was not changed", refused, "see 'agora roles set --help'");
        });
        return command;
    }
}
