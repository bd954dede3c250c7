using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class FailureTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    public void Dispose() => _spark.Dispose();

    private static SparkException Of(Action action)
    {
        var error = Assert.Throws<SparkException>(action);
        Assert.NotNull(error.Error);
        return error;
    }

    [Fact]
    public void A_failure_tells_partition_record_and_the_users_frames()
    {
        var error = Of(() => Sc.Parallelize(["1", "2", "x", "4"], 2).Map(s => int.Parse(s)).Filter(_ => true).Collect());
        Assert.Equal(1, error.Partition);
        Assert.Equal(("System.FormatException", "\"x\""), (error.Error!.Type, error.Error.Record));
        Assert.Contains(error.Error.Frames, f => f.Contains("FailureTests.cs:", StringComparison.Ordinal));
        Assert.DoesNotContain(error.Error.Frames, f => f.Contains("Agora.Spark.", StringComparison.Ordinal) && !f.Contains("Tests", StringComparison.Ordinal));
    }

    [Fact]
    public void The_step_that_failed_knows_the_record_it_had()
    {
        var numbers = Sc.Parallelize([1, 0], 1);
        Assert.Equal("0", Of(() => numbers.Filter(x => 1 / x > 0).Collect()).Error!.Record);
        Assert.Equal("0", Of(() => numbers.FlatMap(x => new[] { 1 / x }).Collect()).Error!.Record);
        Assert.Equal("0", Of(() => numbers.FlatMap(Lazily).Collect()).Error!.Record);
        Assert.Equal("0", Of(() => numbers.Foreach(x => _ = 1 / x)).Error!.Record);
        Assert.Equal("0", Of(() => numbers.Reduce((a, b) => a / b)).Error!.Record);
        Assert.Equal("0", Of(() => numbers.Aggregate(1, (a, b) => a / b, (a, b) => a + b)).Error!.Record);
        // What the step before made of it.
        Assert.Equal("(0, \"z\")", Of(() => numbers.Map(x => (x, "z")).Map(p => 1 / p.x).Collect()).Error!.Record);
        Assert.Equal("(\"k\", 0)", Of(() => numbers.Map(x => (Key: "k", Value: x)).MapValues(x => 1 / x).Collect()).Error!.Record);

        static IEnumerable<int> Lazily(int x)
        {
            yield return 1 / x;
        }
    }

    [Fact]
    public void A_failure_in_combining_and_in_a_partitioner_knows_its_record()
    {
        var pairs = Sc.Parallelize<(string Key, int Value)>([("a", 1), ("a", 0)], 1);
        Assert.Equal("(\"a\", 0)", Of(() => pairs.ReduceByKey((a, b) => a / b).Collect()).Error!.Record);
        Assert.Equal("\"a\"", Of(() => pairs.PartitionBy(new Wrong(k => throw new InvalidOperationException("no"))).Collect()).Error!.Record);
        var outside = Of(() => pairs.PartitionBy(new Wrong(_ => 7)).Collect());
        Assert.Contains("the partitioner Wrong put the key \"a\" into partition 7, but its partitions are 0 to 2", outside.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_are_shown_as_a_user_would_write_them_or_not_at_all()
    {
        Assert.Equal("null", FailedRecord.Show(null));
        Assert.Equal("[1, 2]", FailedRecord.Show(new[] { 1, 2 }));
        Assert.Equal("(1, (\"a\", [2]))", FailedRecord.Show((1, ("a", new List<int> { 2 }))));
        Assert.Equal("Point { X = 1 }", FailedRecord.Show(new Point(1)));
        Assert.Null(FailedRecord.Show(new object()));
        Assert.EndsWith("…", FailedRecord.Show(new string('x', 5000)), StringComparison.Ordinal);
        Assert.Contains("…", FailedRecord.Show(Enumerable.Range(0, 1000).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_that_the_function_catches_itself_is_no_failure() =>
        Assert.Equal([-1, 1], Sc.Parallelize(["x", "1"], 1).Map(s =>
        {
            try
            {
                return int.Parse(s);
            }
            catch (FormatException)
            {
                return -1;
            }
        }).Collect());

    [Fact]
    public void An_action_inside_a_transformation_is_refused()
    {
        var (inner, outer) = (Sc.Parallelize([1]), Sc.Parallelize([1]));
        const string why = "an action or transformation of an RDD was called inside another's function";
        Assert.Contains(why, Of(() => outer.Map(x => x + inner.Count()).Collect()).Message, StringComparison.Ordinal);
        Assert.Contains(why, Of(() => outer.Foreach(x => inner.Map(y => y))).Message, StringComparison.Ordinal);
        Assert.Contains("only the driver", Of(() => outer.Map(x => Sc.Parallelize([x]).PartitionCount).Collect()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_was_stopped_says_so()
    {
        var rdd = Sc.Parallelize([1]);
        Sc.Stop();
        Assert.True(Sc.IsStopped);
        Assert.Contains("has been stopped", Assert.Throws<SparkException>(() => rdd.Count()).Message, StringComparison.Ordinal);
        Assert.Contains("has been stopped", Assert.Throws<SparkException>(() => rdd.Map(x => x)).Message, StringComparison.Ordinal);
        Assert.Contains("has been stopped", Assert.Throws<SparkException>(() => Sc.Parallelize([1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_as_keys_are_refused_where_they_are_written()
    {
        var pairs = Sc.Parallelize([(new[] { 1 }, 1)]);
        Assert.Contains("array", Assert.Throws<SparkException>(() => pairs.ReduceByKey((a, b) => a + b)).Message, StringComparison.Ordinal);
        Assert.Contains("array", Assert.Throws<SparkException>(() => pairs.GroupByKey()).Message, StringComparison.Ordinal);
        Assert.Contains("array", Assert.Throws<SparkException>(() => pairs.Join(pairs)).Message, StringComparison.Ordinal);
        Assert.Contains("array", Assert.Throws<SparkException>(() => pairs.PartitionBy(new HashPartitioner(2))).Message, StringComparison.Ordinal);
        Assert.Contains("array", Assert.Throws<SparkException>(() => Sc.Parallelize([new[] { 1 }]).Distinct()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_that_cannot_be_written_are_refused_where_they_are_written()
    {
        var streams = Sc.Parallelize([1]).Map(_ => new FileStream("/dev/null", FileMode.Open));
        Assert.Contains("FileStream", Assert.Throws<SparkException>(() => streams.Collect()).Message, StringComparison.Ordinal);
        Assert.Contains("values of a shuffle", Assert.Throws<SparkException>(() => streams.KeyBy(_ => 1).GroupByKey()).Message, StringComparison.Ordinal);
        Assert.Equal(1, streams.Count());
    }

    [Fact]
    public void What_a_task_asked_to_be_done_at_its_end_is_done_however_it_ends()
    {
        var ends = new List<string>();
        Sc.Parallelize([1], 1).Foreach(_ =>
        {
            TaskContext.Current!.OnCompletion(() => ends.Add("first"));
            TaskContext.Current!.OnCompletion(() => ends.Add("last"));
        });
        Assert.Throws<SparkException>(() => Sc.Parallelize([1], 1).Foreach(_ =>
        {
            TaskContext.Current!.OnCompletion(() => ends.Add("failed"));
            throw new InvalidOperationException();
        }));
        Assert.Equal(["last", "first", "failed"], ends);
        Assert.Null(TaskContext.Current);
    }

    private sealed record Point(int X);

    private sealed class Wrong(Func<object?, int> place) : Partitioner
    {
        public override int PartitionCount => 3;

        public override int PartitionOf(object? key) => place(key);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => 3;
    }
}
