using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class ActionTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    public void Dispose() => _spark.Dispose();

    [Fact]
    public void Reduce_fold_and_aggregate_make_one_of_all()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(1, 100), 7);
        Assert.Equal(5050, rdd.Reduce((a, b) => a + b));
        Assert.Equal(5050, rdd.Fold(0, (a, b) => a + b));
        Assert.Equal((5050, 100), rdd.Aggregate((0, 0), (a, x) => (a.Item1 + x, a.Item2 + 1), (a, b) => (a.Item1 + b.Item1, a.Item2 + b.Item2)));
        Assert.Equal(5050, rdd.TreeReduce((a, b) => a + b, depth: 3));
        Assert.Equal(5050, Sc.Parallelize(Enumerable.Range(1, 100), 50).TreeAggregate(0L, (a, x) => a + x, (a, b) => a + b));
    }

    [Fact]
    public void A_zero_that_is_changed_is_a_copy_for_each_partition()
    {
        var zero = new List<int>();
        var all = Sc.Parallelize(Enumerable.Range(0, 6), 3).Aggregate(zero, (list, x) => { list.Add(x); return list; }, (a, b) => [.. a, .. b]);
        Assert.Equal(Enumerable.Range(0, 6), all);
        Assert.Empty(zero);
    }

    [Fact]
    public void Of_no_records_reduce_and_first_are_errors_and_fold_is_its_zero()
    {
        var empty = Sc.Parallelize(Array.Empty<int>(), 3);
        Assert.Equal("empty collection", Assert.Throws<SparkException>(() => empty.Reduce((a, b) => a + b)).Message);
        Assert.Equal("empty collection", Assert.Throws<SparkException>(() => empty.First()).Message);
        Assert.Equal("empty collection", Assert.Throws<SparkException>(() => empty.TreeReduce((a, b) => a + b)).Message);
        Assert.Equal("empty collection", Assert.Throws<SparkException>(() => Sc.EmptyRDD<int>().Max()).Message);
        Assert.Equal(7, empty.Fold(7, (a, b) => a + b - 7));
        Assert.True(empty.IsEmpty());
        Assert.Equal(0, empty.Count());
    }

    [Fact]
    public void Take_looks_at_no_more_partitions_than_it_needs()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 100), 100);
        Assert.Equal([0], rdd.Take(1));
        Assert.Equal(1, _spark.TasksRun);
        // One, then half as much again as is expected to be needed: ceil(1.5 * 1 * 3 / 1) - 1 = 4.
        Assert.Equal([0, 1, 2], rdd.Take(3));
        Assert.Equal(1 + 1 + 4, _spark.TasksRun);
        Assert.Equal([0], rdd.Filter(x => x % 99 == 0).Take(1));
        Assert.Equal([0, 99], rdd.Filter(x => x % 99 == 0).Take(5));
        Assert.Empty(rdd.Take(0));
        Assert.Equal(5, rdd.Filter(x => x >= 5).First());
    }

    [Fact]
    public void The_least_and_the_greatest_come_in_their_order()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 5000).Select(i => i * 7919 % 5000), 4);
        Assert.Equal([0, 1, 2], rdd.TakeOrdered(3));
        Assert.Equal([4999, 4998], rdd.Top(2));
        Assert.Equal(Enumerable.Range(0, 5000), rdd.TakeOrdered(9000));
        Assert.Empty(rdd.Top(0));
        Assert.Equal((4999, 0), (rdd.Max(), rdd.Min()));
        Assert.Equal(["b", "B"], Sc.Parallelize(["B", "b", "A"]).Top(2));
    }

    [Fact]
    public void A_sample_taken_has_the_size_asked_for()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 1000), 5);
        var taken = rdd.TakeSample(withReplacement: false, 50, seed: 1);
        Assert.Equal(50, taken.Distinct().Count());
        Assert.Equal(taken, rdd.TakeSample(withReplacement: false, 50, seed: 1));
        Assert.Equal(Enumerable.Range(0, 1000), rdd.TakeSample(withReplacement: false, 5000, seed: 1).Order());
        Assert.Equal(3000, rdd.TakeSample(withReplacement: true, 3000, seed: 1).Length);
        Assert.Empty(rdd.TakeSample(withReplacement: true, 0));
    }

    [Fact]
    public void The_local_iterator_runs_a_job_for_each_partition_when_it_gets_there()
    {
        var records = Sc.Parallelize(Enumerable.Range(0, 6), 3).ToLocalIterator();
        Assert.Equal([0, 1, 2], records.Take(3));
        Assert.Equal(2, _spark.TasksRun);
    }

    [Fact]
    public void Different_records_are_counted_nearly()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 50_000).Select(i => $"user {i % 20_000}"), 3);
        // Four standard deviations.
        Assert.InRange(rdd.CountApproxDistinct(0.02), 20_000 * 0.92, 20_000 * 1.08);
        Assert.Equal(3, Sc.Parallelize([1, 2, 3, 3]).CountApproxDistinct());
        Assert.Equal(0, Sc.Parallelize(Array.Empty<int>()).CountApproxDistinct());
        Assert.Throws<ArgumentOutOfRangeException>(() => rdd.CountApproxDistinct(1e-9));
        Assert.Equal([("a", 2L), ("b", 1L)], Sc.Parallelize([("a", 1), ("a", 2), ("b", 1), ("a", 1)]).CountApproxDistinctByKey().Collect().Order());
    }

    [Fact]
    public void A_count_that_is_done_in_time_is_exact()
    {
        var count = Sc.Parallelize(Enumerable.Range(0, 10), 2).CountApprox(TimeSpan.FromMinutes(5));
        Assert.Equal(new BoundedDouble(10, 1, 10, 10), count.InitialValue);
        Assert.Equal(count.InitialValue, count.GetFinalValue());
        Assert.True(count.IsFinal);
    }

    [Fact]
    public void A_count_of_a_part_is_an_estimate_with_bounds()
    {
        using var goOn = new ManualResetEventSlim();
        var rdd = Sc.Parallelize(Enumerable.Range(0, 1000), 10).MapPartitionsWithIndex((i, records) =>
        {
            if (i == 5)
                goOn.Wait();
            return records;
        });
        var estimate = rdd.CountApprox(TimeSpan.Zero);
        Assert.True(estimate.InitialValue.Low <= estimate.InitialValue.Mean && estimate.InitialValue.Mean <= estimate.InitialValue.High);
        Assert.False(estimate.IsFinal);
        goOn.Set();
        Assert.Equal(1000, estimate.GetFinalValue().Mean);
    }

    [Fact]
    public void An_estimate_expects_what_is_missing_at_the_rate_of_what_is_known()
    {
        var estimate = new CountEstimate(10, 0.95);
        for (var i = 0; i < 5; i++)
            estimate.Add(100);
        var now = estimate.Now();
        // 1.96 standard deviations of sqrt(501 * 0.5) / 0.5.
        Assert.Equal(1000, now.Mean);
        Assert.Equal(62, now.High - now.Mean, 0.1);
        Assert.Equal(now.High - now.Mean, now.Mean - now.Low, 9);
    }

    [Fact]
    public void Numbers_have_sums_means_and_deviations()
    {
        var rdd = Sc.Parallelize([1.0, 2.0, 3.0, 4.0], 3);
        Assert.Equal((10.0, 2.5, 1.25), (rdd.Sum(), rdd.Mean(), rdd.Variance()));
        Assert.Equal(Math.Sqrt(5.0 / 3), rdd.SampleStdev(), 12);
        var stats = Sc.Parallelize([5, 1, 3]).Stats();
        Assert.Equal((3L, 1.0, 5.0, 9.0), (stats.Count, stats.Min, stats.Max, stats.Sum));
        Assert.Equal(int.MaxValue + 1L, Sc.Parallelize([int.MaxValue, 1]).Sum());
        Assert.Equal(0, Sc.Parallelize(Array.Empty<double>()).Sum());
        Assert.True(double.IsNaN(Sc.EmptyRDD<double>().Mean()));
    }

    [Fact]
    public void A_variance_of_large_numbers_near_one_another_is_not_lost()
    {
        // 1e9 + {4, 7, 13, 16}: mean 10, squares 36 + 9 + 9 + 36 = 90.
        Assert.Equal(90.0 / 4, Sc.Parallelize([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], 2).Variance(), 9);
    }

    [Fact]
    public void Histograms_count_what_is_between_bounds()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 51).Select(i => (double)i), 2);
        var (bounds, counts) = rdd.Histogram(2);
        Assert.Equal([0, 25, 50], bounds);
        // 25 falls into the second, and the upper end into the last.
        Assert.Equal([25, 26], counts);
        Assert.Equal([1, 2], Sc.Parallelize([-1.0, 0, 1, 2, 3, double.NaN]).Histogram([0, 1, 2]));
        Assert.Throws<SparkException>(() => Sc.EmptyRDD<double>().Histogram(3));
        Assert.Throws<ArgumentException>(() => rdd.Histogram([1, 1]));
        Assert.Equal([3L], Sc.Parallelize([4, 4, 4]).Histogram(5).Counts);
    }

    [Fact]
    public async Task Asynchronous_forms_give_the_same()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 10), 3);
        var stop = TestContext.Current.CancellationToken;
        var sum = Sc.LongAccumulator();
        Assert.Equal(Enumerable.Range(0, 10), await rdd.CollectAsync(stop));
        Assert.Equal(10, await rdd.CountAsync(stop));
        var two = await rdd.TakeAsync(2, stop);
        Assert.Equal([0, 1], two);
        await rdd.ForeachAsync(x => sum.Add(x), stop);
        await rdd.ForeachPartitionAsync(records => sum.Add(records.Count()), stop);
        Assert.Equal(45 + 10, sum.Value);
        Assert.Contains(_spark.Ran, name => name.StartsWith("CollectAsync at ActionTests.cs:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_that_is_cancelled_stops_in_the_middle_of_a_partition()
    {
        using var stop = new CancellationTokenSource();
        var rdd = Sc.Range(0, long.MaxValue, slices: 1).Map(i =>
        {
            if (i == 10_000)
                stop.Cancel();
            return i;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rdd.CountAsync(stop.Token));
    }

    [Fact]
    public void Jobs_run_on_the_partitions_that_are_named()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 6), 3);
        Assert.Equal([9, 1], Sc.RunJob(rdd, (_, records) => records.Sum(), [2, 0]));
        Assert.Equal(["0", "1", "2"], Sc.RunJob(rdd, (context, _) => context.PartitionId.ToString(), rdd.Partitions));
    }
}
