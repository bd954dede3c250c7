using System.Diagnostics;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Spark;

/// <summary>Lines piped into the prompt.</summary>
[Collection(SharedSparkCluster.Name)]
public sealed class ShellTests(SparkCluster cluster)
{
    [Theory]
    [InlineData("local[2]")]
    [InlineData("agora")]
    public async Task Lines_share_variables_functions_types_and_kept_partitions(string master)
    {
        var finished = await Enter(master, """
            var n = 3;
            var writer = new StringWriter();
            var made = sc.LongAccumulator();
            var nums = sc.Parallelize(Enumerable.Range(0, 100), 4).Map(x => { made.Add(1); return x * n; }).Cache();
            nums.Count()
            nums.Filter(x => x % 2 == 0).Sum()
            made.Value
            int Twice(int x)
            {
                return 2 * x + n;
            }
            record Point(int X, int Y);
            nums.Map(x => new Point(x, Twice(x))).Filter(p => p.Y > 590).Collect().Length
            string.Join(" ", nums.Map(x => (x % 2 == 0 ? "even" : "odd", 1)).ReduceByKey((a, b) => a + b).Collect().Order())
            """);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        // 0, 3, … 297: 50 of 100 even, their sum 3 * 2450; each was made once; 2x + 3 > 590 from x = 294 on: 294 and 297.
        Assert.Equal(["100", "7350", "100", "2", "\"(even, 50) (odd, 50)\""], finished.Text.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("local[2]")]
    [InlineData("agora")]
    public async Task A_line_that_fails_is_told_and_the_next_one_runs(string master)
    {
        var finished = await Enter(master, """
            nowhere.Count()
            var writer = new StringWriter();
            sc.Parallelize(new[] { 1, 2 }).Foreach(x => writer.Write(x));
            sc.Parallelize(new[] { 1, 0 }).Map(x => 5 / x).Count()
            sc.Parallelize(new[] { 1, 2 }).Count()
            """);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal("2\n", finished.Text);
        Assert.Contains("CS0103", finished.Error, StringComparison.Ordinal);
        Assert.Contains("'writer', which a function captures,", finished.Error, StringComparison.Ordinal);
        Assert.Contains("in prompt 3:1", finished.Error, StringComparison.Ordinal);
        Assert.Contains("DivideByZeroException", finished.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_after_quit_is_run()
    {
        var finished = await Enter("local[1]", """
            :help
            :quit
            Console.WriteLine("after");
            """);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains(":quit", finished.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("after\n", finished.Text, StringComparison.Ordinal);
    }

    private Task<Finished> Enter(string master, string lines)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs.Bin, "agora"), ["spark-shell", "--master", master])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AGORA_HOME"] = cluster.Home;
        var process = Process.Start(start)!;
        process.StandardInput.Write(lines + "\n");
        process.StandardInput.Close();
        return Programs.EndOf(process);
    }
}
