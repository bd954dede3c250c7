using Agora.Sdk;
using AgoraFramework;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: AgoraFramework COMMAND...     runs each command once on the cluster of $AGORA_MASTER, or of 'agora up'");
    return 2;
}
if (MasterAddress.Find(null) is not { } master)
{
    Console.Error.WriteLine("no cluster is known: set AGORA_MASTER, or start one with 'agora up --detach'");
    return 1;
}
var scheduler = new CommandsScheduler(args) { Tell = Console.WriteLine };
var driver = new SchedulerDriver(scheduler, master, TimeProvider.System);
var run = driver.RunAsync();
// The driver ends by itself only if the master has refused it.
await Task.WhenAny(run, scheduler.Done);
if (run.IsCompleted)
    await run;
await driver.StopAsync(teardown: true);
return scheduler.Failed == 0 ? 0 : 1;
