using System.CommandLine;
using Agora.Cli;
using Agora.Cli.Commands;

if (ExternalCommand.Find(args) is { } external)
    return external.Run(args[1..]);

var root = new RootCommand("""
    Agora shares one cluster between different cluster computing frameworks, task by task.

    Examples:
      agora up --agents 4 --detach        start a cluster of 4 agents on this machine
      agora run --cpus 1 -- hostname      run a command on it
      agora status                        see what it holds
      agora down                          end it
    """);
foreach (var command in new[]
{
    UpCommand.Create(), DownCommand.Create(), StatusCommand.Create(), AgentsCommand.Create(), FrameworksCommand.Create(),
    TasksCommand.Create(), OffersCommand.Create(), ExplainCommand.Create(), LogsCommand.Create(), KillCommand.Create(),
    RunCommand.Create(), RolesCommand.Create(), DrainCommand.Create(), DrainCommand.CreateReactivate(), DrainCommand.CreateDeactivate(),
    MaintenanceCommand.Create(), TopCommand.Create(), DashboardCommand.Create(), CompletionCommand.Create(), CredentialCommand.Create(), AclCommand.Create(), CertsCommand.Create(), KeepCommand.Create(),
})
    root.Add(command);
foreach (var (name, description) in ExternalCommand.Listed)
    root.Add(ExternalCommand.CreateMissing(name, description));

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
