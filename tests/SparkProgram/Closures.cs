using Agora.Spark;
using Agora.Spark.Closures;
using Agora.Tests.Fast.Spark.Closures;

namespace Agora.Tests.SparkProgram;

/// <summary>Each function of the catalogue runs in a task and here; those that cannot be shipped must be refused.</summary>
internal static class Closures
{
    public static void Run(SparkContext sc)
    {
        var one = sc.Parallelize([0], 1);
        foreach (var (name, function) in Catalogue.Good())
        {
            // What a run changes, the other must not see.
            var here = Catalogue.Good().Single(g => g.Name == name).Function();
            var there = one.Map(_ => function()).First();
            Console.WriteLine(there == here ? $"ok {name}" : $"WRONG {name}: '{there}', not '{here}'");
        }
        foreach (var (name, function, path) in Catalogue.Refused())
        {
            try
            {
                one.Map(_ => function()).First();
                Console.WriteLine($"WRONG {name} was shipped");
            }
            catch (ClosureException e)
            {
                Console.WriteLine(e.Path.EndsWith(path, StringComparison.Ordinal) ? $"refused {name}" : $"WRONG {name}: refused at {e.Path}");
            }
        }
    }
}
