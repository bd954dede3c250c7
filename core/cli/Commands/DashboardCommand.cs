using System.CommandLine;

namespace Agora.Cli.Commands;

/// <summary>Prints where the dashboard is.</summary>
internal static class DashboardCommand
{
    public static Command Create()
    {
        var master = Cluster.MasterOption();
        var command = new Command("dashboard", ("Print the address of the dashboard. Where a cluster wants to know who looks, it is a link that lets " +
            "you in: good once, within five minutes").WithExample("agora dashboard")) { master };
        command.Does(async (parsed, _) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            Console.WriteLine(await cluster.DashboardAsync());
            return 0;
        });
        return command;
    }
}
