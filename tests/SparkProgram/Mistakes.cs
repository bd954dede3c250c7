using Agora.Spark;
using Agora.Spark.Closures;

namespace Agora.Tests.SparkProgram;

/// <summary>What users do wrong; prints the error of each.</summary>
internal static class Mistakes
{
    private sealed class Stubborn
    {
        public Action Act { get; init; } = () => { };
    }

    private sealed class Lopsided : Partitioner
    {
        public override int PartitionCount => 2;

        public override int PartitionOf(object? key) => throw new InvalidOperationException("no partition for " + key);

        public override bool Equals(object? obj) => obj is Lopsided;

        public override int GetHashCode() => 1;
    }

    public static void Run(SparkContext sc)
    {
        var numbers = sc.Parallelize(Enumerable.Range(0, 100), 4);
        var writer = new StringWriter();
        Try("closure", () => numbers.Map(n => writer.ToString() + n).Count());
        Try("map", () => numbers.Map(n => 100 / (n - 42)).Collect());
        Try("combine", () => numbers.Map(n => (n % 3, n)).ReduceByKey((a, b) => b == 99 ? throw new FormatException("cannot add 99") : a + b).Collect());
        Try("partitioner", () => numbers.Map(n => (n, n)).PartitionBy(new Lopsided()).Count());
        Try("type", () => numbers.Map(_ => new Stubborn()).Collect());
        Try("input", () => sc.TextFile("file:///no/such/file").Count());
        Try("action", () => numbers.Map(n => n + numbers.Count()).Collect());
        Try("empty", () => numbers.Filter(n => n < 0).Reduce((a, b) => a + b));
        Try("level", () => numbers.Cache().Persist(StorageLevel.DiskOnly));
        Try("arrays", () => numbers.Map(n => (new[] { n }, n)).GroupByKey().Count());
        using (var other = new SparkContext(new SparkConf().SetMaster("local").SetAppName("stopped")))
        {
            var stopped = other.Parallelize([1, 2, 3], 1);
            other.Stop();
            Try("stopped", () => stopped.Count());
        }
        // After all that the application works.
        Console.WriteLine($"count: {numbers.Count()}");
    }

    private static void Try<T>(string name, Func<T> action)
    {
        try
        {
            Console.WriteLine($"{name}: no error but {action()}");
        }
        catch (Exception e) when (e is SparkException or ClosureException or ArgumentException)
        {
            Console.WriteLine($"{name}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" | ")}");
        }
    }
}
