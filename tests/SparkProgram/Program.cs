using Agora.Spark;
using Agora.Tests.SparkProgram;

// A user's program for the tests: runs one of these and prints what a test looks at.
using var sc = new SparkContext(new SparkConf());
switch (args)
{
    case ["closures"]:
        Closures.Run(sc);
        break;
    case ["mistakes"]:
        Mistakes.Run(sc);
        break;
    case ["chains", var seed, var count]:
        Chains.Run(sc, int.Parse(seed), int.Parse(count));
        break;
    case ["replicas", var iterations]:
        Replicas.Run(sc, int.Parse(iterations));
        break;
    case ["iterate", var iterations, var milliseconds]:
        Iterate.Run(sc, int.Parse(iterations), int.Parse(milliseconds));
        break;
    default:
        Console.Error.WriteLine("usage: closures | mistakes | chains SEED COUNT | replicas ITERATIONS | iterate ITERATIONS MILLISECONDS");
        return 2;
}
return 0;
