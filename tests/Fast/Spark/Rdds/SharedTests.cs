using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class SharedTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    public void Dispose() => _spark.Dispose();

    [Fact]
    public void What_tasks_add_is_read_in_the_driver()
    {
        var (whole, real, names) = (Sc.LongAccumulator("bad lines"), Sc.DoubleAccumulator(), Sc.CollectionAccumulator<string>());
        Sc.Parallelize(Enumerable.Range(1, 10), 3).Foreach(i =>
        {
            whole.Add(i);
            real.Add(i / 2.0);
            if (i > 8)
                names.Add($"n{i}");
        });
        Assert.Equal((55L, 10L, 5.5), (whole.Value, whole.Count, whole.Average));
        Assert.Equal((27.5, 10L, 2.75), (real.Sum, real.Count, real.Average));
        Assert.Equal(["n10", "n9"], names.Value.Order());
        Assert.Equal("bad lines", whole.Name);
        whole.Reset();
        Assert.True(whole.IsZero);
        whole.Add(3);
        Assert.Equal(3, whole.Value);
    }

    [Fact]
    public void A_task_that_fails_adds_nothing()
    {
        var sum = Sc.LongAccumulator();
        Assert.Throws<SparkException>(() => Sc.Parallelize([1, 2, 0], 1).Foreach(i =>
        {
            sum.Add(1);
            _ = 1 / i;
        }));
        Assert.Equal(0, sum.Value);
    }

    [Fact]
    public void A_task_cannot_read_an_accumulator()
    {
        var sum = Sc.LongAccumulator("sum");
        var error = Assert.Throws<SparkException>(() => Sc.Parallelize([1]).Map(_ => sum.Value).Collect());
        Assert.Contains("sum was read in a task", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_accumulator_of_ones_own_adds_up_what_it_likes()
    {
        var longest = new Longest();
        Sc.Register(longest, "longest");
        Sc.Parallelize(["a", "ccc", "bb"], 3).Foreach(longest.Add);
        Assert.Equal("ccc", longest.Value);
        Assert.Throws<SparkException>(() => Sc.Register(longest));
        var unknown = new Longest();
        Assert.Contains("Register", Assert.Throws<SparkException>(() => Sc.Parallelize(["a"]).Foreach(unknown.Add)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_that_a_function_starts_add_to_their_task()
    {
        var sum = Sc.LongAccumulator();
        Sc.Parallelize([1], 1).Foreach(_ =>
        {
            var thread = new Thread(() => sum.Add(5));
            thread.Start();
            thread.Join();
        });
        Assert.Equal(5, sum.Value);
    }

    [Fact]
    public void A_broadcast_value_is_read_until_it_is_destroyed()
    {
        var table = Sc.Broadcast(new Dictionary<string, int> { ["a"] = 1 });
        var rdd = Sc.Parallelize(["a"]).Map(k => table.Value[k]);
        Assert.Equal([1], rdd.Collect());
        table.Unpersist();
        Assert.Equal([1], rdd.Collect());
        table.Destroy();
        Assert.Contains("after it was destroyed", Assert.Throws<SparkException>(() => rdd.Collect()).Message, StringComparison.Ordinal);
        Assert.Throws<SparkException>(() => table.Value);
        Assert.Throws<SparkException>(() => Sc.Broadcast(rdd));
    }

    [Fact]
    public void Settings_are_read_as_what_they_are()
    {
        var conf = new SparkConf().SetAppName("a").Set("spark.cores.max", "4").Set("spark.executor.memory", "2g")
            .Set("spark.locality.wait", "100ms").Set("spark.speculation", "true").SetIfMissing("spark.app.name", "b");
        Assert.Equal(("a", 4, 2L << 30), (conf.Get("spark.app.name"), conf.GetInt("spark.cores.max", 1), conf.GetSizeAsBytes("spark.executor.memory", 0)));
        Assert.Equal(TimeSpan.FromMilliseconds(100), conf.GetTime("spark.locality.wait", TimeSpan.Zero));
        Assert.True(conf.GetBoolean("spark.speculation", false));
        Assert.Equal(3L << 20, conf.Set("m", "3").GetSizeAsBytes("m", 0, "m"));
        Assert.Equal(7, conf.GetInt("none", 7));
        Assert.Equal("spark.cores.max is 'many', which is not a whole number",
            Assert.Throws<SparkException>(() => conf.Clone().Set("spark.cores.max", "many").GetInt("spark.cores.max", 1)).Message);
        Assert.Throws<SparkException>(() => conf.Set("m", "3 apples").GetSizeAsBytes("m", 0));
        Assert.Throws<SparkException>(() => conf.Get("none"));
        Assert.Equal(4, conf.GetInt("spark.cores.max", 1));
        Assert.Contains("spark.executor.memory=2g", conf.ToDebugString(), StringComparison.Ordinal);
    }

    private sealed class Longest : AccumulatorV2<string, string>
    {
        private string _longest = "";

        public override bool IsZero => _longest.Length == 0;

        public override void Reset() => _longest = "";

        public override AccumulatorV2<string, string> Copy() => new Longest { _longest = _longest };

        public override void Merge(AccumulatorV2<string, string> other) => Include(((Longest)other)._longest);

        protected override void Include(string value) => _longest = value.Length > _longest.Length ? value : _longest;

        protected override string Result() => _longest;
    }
}
