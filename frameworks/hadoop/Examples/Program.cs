using Agora.Hadoop.Examples;
using Agora.MapReduce;

// What 'hadoop jar hadoop-examples.jar' runs: the first argument names a program.
SortedDictionary<string, (ITool Tool, string Description)> programs = new(StringComparer.Ordinal)
{
    ["grep"] = (new Grep(), "A map/reduce program that counts the matches of a regex in the input."),
    ["pi"] = (new PiEstimator(), "A map/reduce program that estimates Pi using monte-carlo method."),
    ["randomwriter"] = (new RandomWriter(), "A map/reduce program that writes 10GB of random data per node."),
    ["sort"] = (new Sort(), "A map/reduce program that sorts the data written by the random writer."),
    ["teragen"] = (new TeraGen(), "Generate data for the terasort"),
    ["terasort"] = (new TeraSort(), "Run the terasort"),
    ["teravalidate"] = (new TeraValidate(), "Checking results of terasort"),
    ["wordcount"] = (new WordCount(), "A map/reduce program that counts the words in the input files."),
};
if (args.Length > 0 && programs.TryGetValue(args[0], out var program))
    return ToolRunner.Run(program.Tool, args[1..]);
Console.WriteLine(args.Length == 0
    ? "An example program must be given as the first argument."
    : $"Unknown program '{args[0]}' chosen.");
Console.WriteLine("Valid program names are:");
foreach (var (name, (_, description)) in programs)
    Console.WriteLine($"  {name}: {description}");
return 255;
