using System.CommandLine;
using System.Diagnostics;
using Agora.Simulation;

var seeds = new Option<int>("--seeds") { Description = "How many scenarios to run", DefaultValueFactory = _ => 100 };
var first = new Option<ulong>("--first") { Description = "Seed of the first; the others follow", DefaultValueFactory = _ => 1 };
var one = new Option<ulong?>("--seed") { Description = "Run this scenario alone, as a failure's replay line says" };
var faults = new Option<string>("--faults")
{
    Description = "What may befall them: all, none, or a list with commas of " + string.Join(", ", Fault.All.Select(f => f.Name)),
    DefaultValueFactory = _ => "all",
};
var inject = new Option<string?>("--inject")
{
    Description = "Make a mistake at the machines' edges, to see that the checks find it: " + string.Join(", ", InjectedBugs.All.Keys),
};
var trace = new Option<bool>("--trace") { Description = "With --seed: print all that is said and done" };
faults.Validators.Add(result =>
{
    try
    {
        Fault.Parse(result.GetValueOrDefault<string>() ?? "");
    }
    catch (FormatException e)
    {
        result.AddError(e.Message);
    }
});
inject.Validators.Add(result =>
{
    if (result.GetValueOrDefault<string?>() is { } name && !InjectedBugs.All.ContainsKey(name))
        result.AddError($"'{name}' is no bug to inject; those are {string.Join(", ", InjectedBugs.All.Keys)}");
});
var root = new RootCommand("""
    Run the real master, agents, allocator and scheduler sessions in virtual time: random clusters, frameworks and
    faults, with every invariant checked after every event. Exit code 0: all held; 1: one was broken.

    Example:
      agora simulate --seeds 1000 --faults all
    """) { seeds, first, one, faults, inject, trace };
root.SetAction(parsed =>
{
    var from = parsed.GetValue(one) ?? parsed.GetValue(first);
    var count = parsed.GetValue(one) is null ? parsed.GetValue(seeds) : 1;
    var list = parsed.GetValue(faults)!;
    var kinds = Fault.Parse(list);
    var bug = parsed.GetValue(inject);
    var more = (list == "all" ? "" : $" --faults {list}") + (bug is null ? "" : $" --inject {bug}");
    var clock = Stopwatch.StartNew();
    var broken = new List<ulong>();
    long events = 0, tasks = 0, struck = 0, done = 0;
    var time = TimeSpan.Zero;
    var told = Stopwatch.StartNew();
    Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
    {
        var scenario = new Scenario(from + (ulong)i, kinds, bug is null ? null : InjectedBugs.All[bug].Make());
        if (parsed.GetValue(trace) && count == 1)
            scenario.Trace = Console.WriteLine;
        string? what = null;
        try
        {
            scenario.Run();
        }
        catch (Exception e)
        {
            what = e is BrokenInvariantException ? e.Message : e.ToString();
        }
        lock (broken)
        {
            if (what is not null)
            {
                broken.Add(scenario.Seed);
                Console.WriteLine($"seed {scenario.Seed}: after {scenario.Events} events, at {scenario.Time:hh\\:mm\\:ss\\.fff}: {what}\n" +
                    $"  replay: bin/agora simulate --seed {scenario.Seed}{more}");
            }
            (events, tasks, struck) = (events + scenario.Events, tasks + scenario.Tasks, struck + scenario.Faults);
            (time, done) = (time + scenario.Time, done + 1);
            if (told.Elapsed.TotalSeconds < 10)
                return;
            told.Restart();
            Console.WriteLine($"{done} of {count} scenarios, {broken.Count} broken");
        }
    });
    var seconds = clock.Elapsed.TotalSeconds;
    Console.WriteLine($"simulated: {count} scenarios, {tasks:N0} tasks, {struck:N0} faults, {events:N0} events, {time.TotalHours:N0} h of virtual time " +
        $"in {seconds:0.0} s ({count / seconds:0.0} a second); {broken.Count} broken");
    return broken.Count == 0 ? 0 : 1;
});
return root.Parse(args).Invoke();
