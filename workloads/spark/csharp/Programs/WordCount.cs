namespace Agora.Spark.Programs;

/// <summary>How often each word occurs in a text.</summary>
internal static class WordCount
{
    private const int Shown = 10;

    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var (input, output) = (arguments.Text("the name of a text file"), arguments.TextOrNull());
        var counts = sc.TextFile(input)
            .FlatMap(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Map(word => (word, 1L))
            .ReduceByKey((a, b) => a + b)
            .Cache();
        if (output is not null)
            counts.Map(pair => $"{pair.Key}\t{pair.Value}").SaveAsTextFile(output);
        // Words of equal count by their letters, so that the order is the same everywhere.
        var most = counts.Map(pair => (-pair.Value, pair.Key)).TakeOrdered(Shown);
        var words = counts.Count();
        return new ProgramResult([$"{words} different words", .. most.Select(m => $"{-m.Item1}\t{m.Item2}")], () => Check(sc, input, counts));
    }

    private static string? Check(SparkContext sc, string input, RDD<(string Key, long Value)> counts)
    {
        var plain = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var word in sc.TextFile(input).ToLocalIterator().SelectMany(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            plain[word] = plain.GetValueOrDefault(word) + 1;
        var wrong = counts.Collect().FirstOrDefault(c => plain.GetValueOrDefault(c.Key) != c.Value);
        return counts.Count() != plain.Count ? $"{counts.Count()} words, not {plain.Count}"
            : wrong.Key is null ? null : $"'{wrong.Key}' {wrong.Value} times, not {plain.GetValueOrDefault(wrong.Key)}";
    }
}
