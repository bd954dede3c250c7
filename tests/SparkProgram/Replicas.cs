using Agora.Spark;

namespace Agora.Tests.SparkProgram;

/// <summary>Keeps partitions on two executors each and uses them, while a test kills one; prints how often they were computed.</summary>
internal static class Replicas
{
    public static void Run(SparkContext sc, int iterations)
    {
        var made = sc.LongAccumulator("partitions made");
        var data = sc.Parallelize(Enumerable.Range(0, 800), 8).MapPartitions(records =>
        {
            // Long enough for both executors to have some.
            Thread.Sleep(100);
            made.Add(1);
            return records;
        }).Persist(StorageLevel.MemoryOnly2);
        // Both executors are there from the first job on; copies are known once their executors have run another task.
        sc.Parallelize(Enumerable.Range(0, 8), 8).Foreach(_ => Thread.Sleep(200));
        for (var i = 0; i < 3; i++)
            data.Foreach(_ => Thread.Sleep(1));
        Console.WriteLine("kept");
        for (var i = 0; i < iterations; i++)
            if (data.MapPartitions(r => { Thread.Sleep(100); return r; }).Count() != 800)
                Console.WriteLine("WRONG");
        Console.WriteLine($"made {made.Value}");
    }
}
