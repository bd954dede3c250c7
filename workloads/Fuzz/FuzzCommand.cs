using System.CommandLine;

namespace Agora.Workloads.Fuzz;

internal static class FuzzCommand
{
    public const int SeedUsual = 1;

    public static IEnumerable<FuzzTarget> Targets() => [.. WireTargets.All(), .. TextTargets.All(), .. RequestTargets.All()];

    public static Command Create()
    {
        var inputs = new Option<long>("--inputs") { Description = "For each reader", DefaultValueFactory = _ => 1_000_000 };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same inputs", DefaultValueFactory = _ => SeedUsual };
        var only = new Option<string?>("--only") { Description = "Only readers whose name holds this" };
        var command = new Command("fuzz", """
            Many wrong inputs for everything that reads what others wrote: the wire, files, options, requests.

            Each reader gets good inputs, made ones, and changed ones of those that led somewhere new. What throws something else
            than its refusal, takes 10 s, much memory, or more and more of it, is a finding, and printed so that it can be repeated.

            Example:
              agora bench fuzz --inputs 1000000 --only options
            """) { inputs, seed, only };
        command.SetAction(parsed =>
        {
            var failed = false;
            Console.WriteLine($"{"reader",-20} {"inputs",10} {"ways",6} {"per second",12} {"growth",10}");
            foreach (var target in Targets().Where(t => parsed.GetValue(only) is not { } part || t.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
            {
                var result = FuzzRun.Of(target, parsed.GetValue(inputs), parsed.GetValue(seed));
                Console.WriteLine($"{result.Name,-20} {result.Inputs,10:N0} {result.Ways,6:N0} {result.Inputs / result.Seconds,12:N0} {result.GrowthBytes >> 10,8:N0} K");
                foreach (var (input, what) in result.Findings)
                    Console.WriteLine($"  {Convert.ToBase64String(input)}: {what}");
                failed |= result.Findings.Count > 0;
            }
            return failed ? 1 : 0;
        });
        return command;
    }
}
