using System.CommandLine;
using System.Diagnostics;
using Agora.Simulation;

var seeds = new Option<int>("--seeds") { Description = "How many scenarios to run", DefaultValueFactory = _ => 100 };
var first = new Option<ulong>("--first") { Description = "Seed of the first; the others follow", DefaultValueFactory = _ => 1 };
var one = new Option<ulong?>("--seed") { Description = "Run this scenario alone, as a failure's replay line says" };
var root = new RootCommand("""
    Run the real master, agents, allocator and scheduler sessions in virtual time: random clusters, frameworks and
    faults, with every invariant checked after every event. Exit code 0: all held; 1: one was broken.

    Example:
      agora simulate --seeds 1000
    """) { seeds, first, one };
root.SetAction(parsed =>
{
    var from = parsed.GetValue(one) ?? parsed.GetValue(first);
    var count = parsed.GetValue(one) is null ? parsed.GetValue(seeds) : 1;
    var clock = Stopwatch.StartNew();
    var failures = new List<(ulong Seed, string What)>();
    long events = 0, tasks = 0, done = 0;
    var time = TimeSpan.Zero;
    var told = Stopwatch.StartNew();
    Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
    {
        var scenario = new Scenario(from + (ulong)i);
        string? broken = null;
        try
        {
            scenario.Run();
        }
        catch (Exception e)
        {
            broken = e is BrokenInvariantException ? e.Message : e.ToString();
        }
        lock (failures)
        {
            if (broken is not null)
            {
                failures.Add((scenario.Seed, broken));
                Console.WriteLine($"seed {scenario.Seed}: {broken}\n  replay: bin/agora simulate --seed {scenario.Seed}");
            }
            (events, tasks, time, done) = (events + scenario.Events, tasks + scenario.Tasks, time + scenario.Time, done + 1);
            if (told.Elapsed.TotalSeconds < 10)
                return;
            told.Restart();
            Console.WriteLine($"{done} of {count} scenarios, {failures.Count} broken");
        }
    });
    Console.WriteLine($"simulated: {count} scenarios, {tasks:N0} tasks, {events:N0} events, {time.TotalHours:N0} h of virtual time " +
        $"in {clock.Elapsed.TotalSeconds:0.0} s; {failures.Count} broken");
    return failures.Count == 0 ? 0 : 1;
});
return root.Parse(args).Invoke();
