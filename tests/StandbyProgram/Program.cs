using Agora;
using Agora.Election;
using Agora.Sdk;
using Agora.Tests.StandbyProgram;

// One of several schedulers of a framework, as a process: MASTER FRAMEWORK-ID COMMAND. It says what it hears.
await new SchedulerDriver(new StandbyScheduler(new FrameworkId(args[1]), args[2]), MasterLocation.Parse(args[0]), TimeProvider.System).RunAsync();
