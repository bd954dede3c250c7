using Agora.Spark;
using Agora.Spark.Programs;

// The programs of the papers on Spark. Each computes its result on the cluster and, with --check, once more in plain C#.
(string Name, string Arguments, Func<SparkContext, ProgramArguments, ProgramResult> Run)[] programs =
[
    ("pi", "[SAMPLES] [SLICES]", Pi.Run),
    ("wordcount", "FILE [OUTPUT]", WordCount.Run),
    ("logmining", "FILE", LogMining.Run),
    ("lr", "[POINTS] [DIMENSIONS] [ITERATIONS] [SLICES]", LogisticRegression.Run),
    ("kmeans", "[POINTS] [CLUSTERS] [ITERATIONS] [SLICES]", KMeans.Run),
    ("als", "[MOVIES] [USERS] [FEATURES] [ITERATIONS] [SLICES]", AlternatingLeastSquares.Run),
    ("pagerank", "[PAGES] [LINKS] [ITERATIONS] [SLICES]", PageRank.Run),
    ("closure", "[VERTICES] [EDGES] [SLICES]", TransitiveClosure.Run),
];

var check = args.Contains("--check");
string[] words = [.. args.Where(a => a != "--check")];
var program = programs.FirstOrDefault(p => p.Name == words.FirstOrDefault());
if (program.Run is null)
{
    Console.Error.WriteLine("usage: Agora.Spark.Programs.dll PROGRAM [--check] [ARGUMENTS]");
    foreach (var (name, arguments, _) in programs)
        Console.Error.WriteLine($"  {name} {arguments}");
    return 2;
}
try
{
    using var sc = new SparkContext(new SparkConf().SetAppName(program.Name));
    var result = program.Run(sc, new ProgramArguments(words[1..]));
    foreach (var line in result.Lines)
        Console.WriteLine(line);
    if (!check)
        return 0;
    var wrong = result.Check();
    Console.Error.WriteLine(wrong is null ? "the same as computed plainly" : $"wrong: {wrong}");
    return wrong is null ? 0 : 1;
}
catch (Exception e) when (e is SparkException or FormatException or IOException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
