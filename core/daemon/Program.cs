using System.CommandLine;
using Agora.Daemon.Hosting;

var root = new RootCommand("Agora's daemons") { MasterVerb.Create(), AgentVerb.Create() };
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
