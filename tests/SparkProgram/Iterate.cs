using Agora.Spark;

namespace Agora.Tests.SparkProgram;

/// <summary>
/// Goes over cached data and a shuffle again and again, so that a test can break things in between. Counts how often the
/// cached partitions were computed.
/// </summary>
internal static class Iterate
{
    private const int Partitions = 8, Records = 4_000;

    public static void Run(SparkContext sc, int iterations, int milliseconds)
    {
        var made = sc.LongAccumulator("partitions made");
        var data = sc.Parallelize(Enumerable.Range(0, Records), Partitions).MapPartitions(records =>
        {
            made.Add(1);
            return records.Select(r => (Key: r % 100, Value: (long)r));
        }).Cache();
        var sums = data.ReduceByKey((a, b) => a + b, Partitions);
        for (var i = 0; i < iterations; i++)
        {
            var factor = i + 1;
            var total = data.MapPartitions(records =>
            {
                Thread.Sleep(milliseconds);
                return records.Select(r => r.Value * factor);
            }).Reduce((a, b) => a + b);
            var joined = sums.Join(data).Map(p => p.Value.Item1 % 7 + p.Value.Item2 % 5).Reduce((a, b) => a + b);
            var expected = (long)Records * (Records - 1) / 2 * factor;
            Console.WriteLine($"iteration {i} {(total == expected ? "right" : $"WRONG {total}")} {joined}");
        }
        Console.WriteLine($"made {made.Value}");
    }
}
