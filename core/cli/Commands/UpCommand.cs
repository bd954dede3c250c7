using System.CommandLine;

namespace Agora.Cli.Commands;

internal static class UpCommand
{
    public static Command Create()
    {
        var agents = new Option<int>("--agents") { Description = "How many agents (1 to 64)", DefaultValueFactory = _ => 4 };
        var cpus = new Option<decimal>("--cpus") { Description = "Processors each agent offers", DefaultValueFactory = _ => 2 };
        var mem = new Option<long>("--mem") { Description = "Memory each agent offers, in MiB", DefaultValueFactory = _ => 2048 };
        var disk = new Option<long>("--disk") { Description = "Disk space each agent offers, in MiB" };
        var port = new Option<int>("--port") { Description = "The master's TCP port", DefaultValueFactory = _ => 5050 };
        var allocator = new Option<string>("--allocator") { Description = "drf, priority, or Type,Assembly.dll of a plug-in", DefaultValueFactory = _ => "drf" };
        var quota = new Option<decimal?>("--cpu-quota")
        {
            Description = "Hold each agent and all it runs to this many of the machine's processors, as 0.25; needs root",
        };
        var services = new Option<string?>("--services") { Description = "Only these of the frameworks' services, as a,b", HelpName = "names" };
        var detach = new Option<bool>("--detach", "-d") { Description = "Return once the cluster is up; end it with 'agora down'" };
        var masters = new Option<int>("--masters") { Description = "How many masters (1 to 5), of which one leads and the others stand by", DefaultValueFactory = _ => 1 };
        var election = new Option<string?>("--election") { Description = "What masters elect the leader by: etcd or zookeeper, which is started too; default etcd where there are several" };
        election.AcceptOnlyFromAmong([.. ElectionService.Kinds]);
        var keep = new Option<bool>("--keep") { Description = "Start agents and a lone master again when they end, as services and masters that elect one are" };
        var networks = new Option<bool>("--networks", "--netns") { Description = "Make each agent a host of its own, with a name and a network, so that it can be cut off; needs root" };
        var isolation = new Option<string?>("--isolation") { Description = "How agents hold tasks to what they asked for, as 'agora agent --isolation' has it; default posix, which only measures" };
        var agentOptions = new Option<string?>("--agent-options") { Description = "Further options for each agent, as '--cpu-quota --gc-delay 1h'", HelpName = "words" };
        var reports = new Option<string>("--reports")
        {
            Description = "Directory into which 'agora bench NAME --out' writes reports; the dashboard shows them",
            HelpName = "dir",
            DefaultValueFactory = _ => Installation.ReportsDirectory,
        };
        var insecure = new Option<bool>("--insecure") { Description = "Obey every user of this machine, who may then run anything as you; else only you and who has your credential" };
        var bare = new Option<bool>("--no-services") { Description = "Only masters and agents, no framework's services" };
        var command = new Command("up", "Start a cluster on this machine: masters, agents and the frameworks' services, each a process of its own"
            .WithExample("agora up --agents 4 --cpus 2 --mem 2048 --detach"))
        {
            agents, cpus, mem, disk, port, masters, election, allocator, quota, isolation, agentOptions, networks, insecure, keep, detach, bare, services, reports,
        };
        command.Does(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(agents) is < 1 or > 64)
                throw new Failure($"cannot start {parsed.GetValue(agents)} agents", "it is not between 1 and 64", "give another number with --agents", 2);
            if (parsed.GetValue(cpus) <= 0 || parsed.GetValue(mem) <= 0 || parsed.GetValue(disk) < 0)
                throw new Failure("cannot start agents without resources", "--cpus and --mem must be above 0, and --disk not below", "give other numbers", 2);
            // The kernel takes no less than a thousandth of a second a period.
            if (parsed.GetValue(quota) < 0.02m)
                throw new Failure("cannot hold agents to that little", "--cpu-quota is below 0.02", "give 0.02 or more", 2);
            if (parsed.GetValue(masters) is < 1 or > 5)
                throw new Failure($"cannot start {parsed.GetValue(masters)} masters", "it is not between 1 and 5", "give another number with --masters", 2);
            var embedded = new EmbeddedCluster(new UpOptions(parsed.GetValue(agents), Resources.Of(parsed.GetValue(cpus), parsed.GetValue(mem), parsed.GetValue(disk)),
                parsed.GetValue(port), parsed.GetValue(allocator)!)
            {
                CpuQuota = parsed.GetValue(quota),
                Services = parsed.GetValue(bare) ? [] : parsed.GetValue(services)?.Split(',', StringSplitOptions.RemoveEmptyEntries),
                Masters = parsed.GetValue(masters),
                Election = parsed.GetValue(election) ?? (parsed.GetValue(masters) > 1 ? ElectionService.Etcd : null),
                Keeps = parsed.GetValue(keep),
                Networks = parsed.GetValue(networks),
                Isolation = parsed.GetValue(isolation),
                AgentOptions = parsed.GetValue(agentOptions)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
                Reports = Path.GetFullPath(parsed.GetValue(reports)!),
                IsOpen = parsed.GetValue(insecure),
            });
            await embedded.StartAsync(cancellation);
            if (parsed.GetValue(detach))
                return 0;
            Console.WriteLine("Ctrl-C ends the cluster");
            await Task.WhenAny(Task.Delay(Timeout.Infinite, cancellation));
            EmbeddedCluster.Stop();
            return 0;
        });
        return command;
    }
}

internal static class DownCommand
{
    public static Command Create()
    {
        var command = new Command("down", "End the cluster of 'agora up' and everything that runs on it".WithExample("agora down"));
        command.Does((_, _) =>
        {
            if (ClusterFile.Load() is null)
                throw new Failure("there is no cluster to end", $"{ClusterFile.FilePath} does not exist",
                    "set AGORA_HOME if 'agora up' was run with another one");
            EmbeddedCluster.Stop();
            return Task.FromResult(0);
        });
        return command;
    }
}

/// <summary>Not for users: the process that <c>agora up</c> leaves behind to watch over the others.</summary>
internal static class KeepCommand
{
    public static Command Create()
    {
        var command = new Command("keep", "Start processes of the cluster of 'agora up' again when they end") { Hidden = true };
        command.Does(async (_, cancellation) =>
        {
            await Keeper.RunAsync(cancellation);
            return 0;
        });
        return command;
    }
}
