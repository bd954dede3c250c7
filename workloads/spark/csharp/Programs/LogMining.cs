namespace Agora.Spark.Programs;

/// <summary>
/// Loads the errors of a log into memory and asks for several things of them (the first example of Zaharia et al., NSDI
/// 2012). Fields of a line are apart by tabs; the fourth is its time.
/// </summary>
internal static class LogMining
{
    private const int TimeField = 3;

    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var input = arguments.Text("the name of a log file");
        var lines = sc.TextFile(input);
        var errors = lines.Filter(line => line.StartsWith("ERROR", StringComparison.Ordinal)).Cache();
        var all = errors.Count();
        var mysql = errors.Filter(line => line.Contains("MySQL", StringComparison.Ordinal)).Count();
        var times = errors.Filter(line => line.Contains("HDFS", StringComparison.Ordinal)).Map(line => line.Split('\t')[TimeField]).Collect();
        return new ProgramResult([$"{all} errors, {mysql} of MySQL, {times.Length} of HDFS", .. times.Take(3).Select(t => $"HDFS at {t}")], () =>
        {
            string[] plain = [.. lines.ToLocalIterator().Where(l => l.StartsWith("ERROR", StringComparison.Ordinal))];
            string[] hdfs = [.. plain.Where(l => l.Contains("HDFS", StringComparison.Ordinal)).Select(l => l.Split('\t')[TimeField])];
            return plain.Length != all ? $"{all} errors, not {plain.Length}"
                : plain.Count(l => l.Contains("MySQL", StringComparison.Ordinal)) is var n && n != mysql ? $"{mysql} of MySQL, not {n}"
                : hdfs.SequenceEqual(times) ? null : "other times of HDFS errors";
        });
    }
}
