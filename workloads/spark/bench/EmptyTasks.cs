namespace Agora.Spark.Bench;

/// <summary>Tasks that do nothing, to see what one costs.</summary>
internal static class EmptyTasks
{
    private const int WarmUp = 2_000;

    public static void Run(int count)
    {
        using var sc = new SparkContext(new SparkConf().SetAppName("bench tasks"));
        sc.Range(0, WarmUp, 1, WarmUp).Foreach(_ => { });
        var all = sc.Range(0, count, 1, count);
        Timing.Print("seconds", Timing.Seconds(() => all.Foreach(_ => { })));
    }
}
