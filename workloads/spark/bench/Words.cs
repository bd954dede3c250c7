using System.Collections.Concurrent;

namespace Agora.Spark.Bench;

/// <summary>Counts the words of a text; prints how many there are of the most frequent one.</summary>
internal static class Words
{
    public static void Run(string file)
    {
        using var sc = new SparkContext(new SparkConf().SetAppName("bench words"));
        var counts = Array.Empty<(string Word, long Count)>();
        Timing.Print("seconds", Timing.Seconds(() => counts = sc.TextFile(file).FlatMap(l => l.Split(' ')).Map(w => (w, 1L)).ReduceByKey((a, b) => a + b).Collect()));
        Print(counts);
    }

    /// <summary>By hand: threads over parts of the file, a dictionary each, merged at the end.</summary>
    public static void RunPlain(string file)
    {
        var counts = new Dictionary<string, long>();
        Timing.Print("seconds", Timing.Seconds(() =>
        {
            var parts = new ConcurrentBag<Dictionary<string, long>>();
            Parallel.ForEach(Partitioner(file), () => new Dictionary<string, long>(), (line, _, own) =>
            {
                foreach (var word in line.Split(' '))
                    own[word] = own.GetValueOrDefault(word) + 1;
                return own;
            }, parts.Add);
            foreach (var part in parts)
                foreach (var (word, count) in part)
                    counts[word] = counts.GetValueOrDefault(word) + count;
        }));
        Print(counts.Select(c => (c.Key, c.Value)));
    }

    private static OrderablePartitioner<string> Partitioner(string file) => System.Collections.Concurrent.Partitioner.Create(File.ReadLines(file));

    private static void Print(IEnumerable<(string Word, long Count)> counts)
    {
        var (words, most) = (0, 0L);
        foreach (var (_, count) in counts)
            (words, most) = (words + 1, Math.Max(most, count));
        Timing.Print("words", words);
        Timing.Print("most", most);
    }
}
