using Agora.Spark;
using Agora.Spark.Records;
using Agora.Spark.Shuffle;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Spark.Shuffle;

/// <summary>Records of map tasks, as reduce tasks get them.</summary>
public class ShuffleTests
{
    /// <summary>What a task has if there is none to be had: one MiB.</summary>
    private const long NoMemory = 0;

    private static readonly Aggregator<int, long> Sum = new(v => v, (c, v) => c + v, (a, b) => a + b);

    private static readonly Aggregator<string, List<string>> Lists = new(v => [v], (c, v) => { c.Add(v); return c; }, (a, b) => { a.AddRange(b); return a; });

    [Fact]
    public void Every_record_is_in_the_partition_of_its_key_in_the_order_of_the_maps()
    {
        using var bench = new ShuffleBench();
        var outputs = Enumerable.Range(0, 3).Select(map =>
            bench.Write(map).Plain(Enumerable.Range(0, 1000).Select(i => (i, $"{map}.{i}")), new ShuffleBench.Modulo(4))).ToList();
        for (var partition = 0; partition < 4; partition++)
        {
            var expected = from map in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 1000) where i % 4 == partition select (i, $"{map}.{i}");
            Assert.Equal(expected, bench.Read(partition).Plain<int, string>(outputs));
        }
        Assert.Equal((3000, 3000), (bench.Metrics.RecordsWritten, bench.Metrics.RecordsRead));
        Assert.Equal(outputs.Sum(o => o.Offsets[^1]), bench.Metrics.LocalBytesRead);
        bench.AssertNothingIsLeft();
    }

    [Fact]
    public void More_than_a_piece_for_each_partition_comes_whole()
    {
        // 20 bytes each, 4 MB in all, and pieces of 128 KiB at most.
        using var bench = new ShuffleBench(NoMemory);
        var output = bench.Write(0).Plain(Enumerable.Range(0, 200_000).Select(i => (i, (long)i * 1_000_003, (double)i)).Select(t => (t.i, t)),
            new ShuffleBench.Modulo(5));
        var read = Enumerable.Range(0, 5).SelectMany(p => bench.Read(p).Plain<int, (int, long, double)>([output])).ToList();
        Assert.Equal(200_000, read.Count);
        Assert.All(read, r => Assert.Equal((r.Key, r.Key * 1_000_003L, r.Key), r.Value));
        bench.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(64 << 20, false)]
    [InlineData(NoMemory, true)]
    public void Values_of_a_key_are_combined_in_memory_or_past_it(long memory, bool spills)
    {
        // 100,000 keys of about 40 bytes, and as much for their place in the table.
        using var bench = new ShuffleBench(memory);
        var records = Enumerable.Range(0, 400_000).Select(i => ($"key {i * 7 % 100_000}", i)).ToList();
        var outputs = new[] { records[..200_000], records[200_000..] }.Select((r, map) =>
            bench.Write(map).Combined(r, Sum, new ShuffleBench.Modulo(3))).ToList();
        Assert.Equal(spills, bench.Metrics.BytesSpilled > 0);
        // Each map has each key twice.
        Assert.Equal(200_000, bench.Metrics.RecordsWritten);
        var read = Enumerable.Range(0, 3).SelectMany(p => bench.Read(p).Combined<string, int, long>(outputs, Sum, wereCombined: true)).ToDictionary(r => r.Key, r => r.Value);
        Assert.Equal(records.GroupBy(r => r.Item1).ToDictionary(g => g.Key, g => g.Sum(r => (long)r.i)), read);
        bench.AssertNothingIsLeft();
    }

    [Fact]
    public void Groups_that_do_not_fit_into_memory_keep_the_order_of_their_values()
    {
        // About 5 MB of texts and lists.
        using var bench = new ShuffleBench(NoMemory);
        var output = bench.Write(0).Plain(Enumerable.Range(0, 50_000).Select(i => (i % 5000, $"value {i}")), new ShuffleBench.Modulo(1));
        var groups = bench.Read(0).Combined<int, string, List<string>>([output], Lists, wereCombined: false).ToDictionary(g => g.Key, g => g.Value);
        Assert.True(bench.Metrics.BytesSpilled > 0);
        Assert.Equal(5000, groups.Count);
        Assert.All(groups, g => Assert.Equal(Enumerable.Range(0, 10).Select(i => $"value {g.Key + (5000 * i)}"), g.Value));
        bench.AssertNothingIsLeft();
    }

    private sealed record Colliding(int Number, string Text) : IStableHash
    {
        public int GetStableHash() => Number % 7;
    }

    [Fact]
    public void Keys_with_the_same_hash_stay_apart_also_when_they_are_merged()
    {
        using var bench = new ShuffleBench(NoMemory);
        var text = new string('x', 2000);
        using var combiner = new Combiner<Colliding, int, long>(Sum, bench.Files, bench.Metrics);
        for (var i = 0; i < 6000; i++)
            combiner.Add(new Colliding(i % 1500, text + (i % 1500)), i);
        Assert.True(bench.Metrics.BytesSpilled > 0);
        // i, i + 1500, i + 3000 and i + 4500.
        var read = combiner.Finish().ToDictionary(r => r.Key.Number, r => r.Value);
        Assert.Equal(Enumerable.Range(0, 1500).ToDictionary(i => i, i => (4L * i) + 9000), read);
    }

    [Theory]
    [InlineData(64 << 20)]
    [InlineData(NoMemory)]
    public void Records_are_sorted_by_key_and_equal_keys_keep_their_order(long memory)
    {
        // 200 bytes each: 20 MB, which is more runs of a MiB than are merged at once.
        using var bench = new ShuffleBench(memory);
        var random = new Random(1);
        var records = Enumerable.Range(0, 100_000).Select(i => (random.Next(20_000), $"{i,80}")).ToList();
        var output = bench.Write(0).Plain(records, new ShuffleBench.Modulo(1));
        var sorted = bench.Read(0).Sorted<int, string>([output], Comparer<int>.Default);
        Assert.Equal(records.OrderBy(r => r.Item1), sorted);
        Assert.Equal(memory == NoMemory, bench.Metrics.BytesSpilled > 0);
        bench.AssertNothingIsLeft();
    }

    [Fact]
    public void Any_records_come_through_any_number_of_maps_and_partitions() =>
        Gen.Select(Gen.Select(Gen.Int[0, 30], Gen.String).List[0, 60].List[1, 5], Gen.Int[1, 9]).Sample((maps, partitions) =>
        {
            using var bench = new ShuffleBench();
            var outputs = maps.Select((records, map) => bench.Write(map).Plain(records, new ShuffleBench.Modulo(partitions))).ToList();
            var read = Enumerable.Range(0, partitions).SelectMany(p => bench.Read(p).Combined<int, string, List<string>>(outputs, Lists, wereCombined: false));
            var expected = maps.SelectMany(m => m).GroupBy(r => r.Item1, r => r.Item2);
            return expected.OrderBy(g => g.Key).Select(g => (g.Key, string.Join('|', g)))
                .SequenceEqual(read.OrderBy(g => g.Key).Select(g => (g.Key, string.Join('|', g.Value))));
        }, iter: 50);

    [Fact]
    public void Who_reads_no_further_leaves_nothing_behind()
    {
        using var bench = new ShuffleBench(NoMemory);
        var output = bench.Write(0).Plain(Enumerable.Range(0, 50_000).Select(i => (i, $"value {i}")), new ShuffleBench.Modulo(1));
        Assert.Single(bench.Read(0).Combined<int, string, List<string>>([output], Lists, wereCombined: false).Take(1));
        Assert.Single(bench.Read(0).Plain<int, string>(ShuffleBench.Elsewhere([output, output, output])).Take(1));
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(bench.ScratchDirectory).Length == 0, TimeSpan.FromSeconds(30)));
        Assert.Equal(0, bench.Memory.UsedBytes);
    }

    [Fact]
    public void A_failing_function_leaves_no_output()
    {
        using var bench = new ShuffleBench();
        var failing = new Aggregator<int, int>(v => v, (_, _) => throw new DivideByZeroException(), (a, _) => a);
        Assert.Throws<DivideByZeroException>(() => bench.Write(0).Combined([(1, 1), (1, 2)], failing, new ShuffleBench.Modulo(1)));
        Assert.Contains("put the key -3 into partition -1", Assert.Throws<SparkException>(
            () => bench.Write(0).Plain([(-3, 1)], new ShuffleBench.Modulo(2))).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(bench.OutputDirectory));
        bench.AssertNothingIsLeft();
    }

    [Fact]
    public void An_output_outlives_another_attempt_at_it_until_the_shuffle_is_forgotten()
    {
        using var bench = new ShuffleBench();
        var (first, second) = (Write(), Write());
        Assert.NotEqual(first.Location, second.Location);
        Assert.Equal([(1, 2)], bench.Read(0).Plain<int, int>([first]));
        bench.Files.Remove(0);
        bench.Files.Remove(0);
        Assert.False(File.Exists(first.Location));

        MapOutput Write() => bench.Write(0).Plain([(1, 2)], new ShuffleBench.Modulo(1));
    }
}
