using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Jobs of C# classes: the examples by their jar's name, and as an assembly that somebody brings along.</summary>
[Collection(HadoopCollection.Name)]
public sealed class ClassJobTests(HadoopCluster cluster)
{
    [Fact]
    public async Task An_assembly_from_anywhere_runs_as_hadoop_jar_with_Hadoops_console_lines()
    {
        await cluster.OutputAsync("mkdir -p users && cp $(dirname $(command -v hadoop))/../lib/hadoop/Agora.Hadoop.Examples.dll users/Mine.dll " +
            "&& printf 'the cat\\nthe end\\n' | hadoop fs -put - /classes/in");
        var run = await cluster.RunAsync("hadoop jar users/Mine.dll wordcount -D mapred.map.tasks=2 /classes/in /classes/out");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal("cat\t1\nend\t1\nthe\t2\n", await cluster.OutputAsync("hadoop fs -cat /classes/out/part-00000"));
        Assert.Contains("INFO input.FileInputFormat: Total input paths to process : 1\n", run.Error, StringComparison.Ordinal);
        Assert.Matches(@"INFO mapred\.JobClient: Running job: job_\d+_\d{4}\n", run.Error);
        Assert.Contains("INFO mapred.JobClient:  map 100% reduce 100%\n", run.Error, StringComparison.Ordinal);
        Assert.Matches(@"INFO mapred\.JobClient: Counters: \d+\n", run.Error);
        Assert.Contains("INFO mapred.JobClient:     Map output records=4\n", run.Error, StringComparison.Ordinal);

        var again = await cluster.RunAsync("hadoop jar users/Mine.dll wordcount /classes/in /classes/out");
        Assert.Equal(1, again.Code);
        Assert.Contains("FileAlreadyExistsException: Output directory ", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_examples_need_no_file_and_without_a_name_they_are_listed()
    {
        var list = await cluster.RunAsync("hadoop jar hadoop-examples-1.0.3.jar");
        Assert.Equal(255, list.Code);
        Assert.StartsWith("An example program must be given as the first argument.\n", list.Output, StringComparison.Ordinal);
        Assert.Contains("  terasort: Run the terasort\n", list.Output, StringComparison.Ordinal);
        Assert.Matches(@"Job Finished in \d+\.\d+ seconds\nEstimated value of Pi is 3\.1\d+\n$",
            await cluster.OutputAsync("hadoop jar hadoop-examples.jar pi 3 1000"));
    }

    [Fact]
    public async Task TeraSort_over_all_nodes_equals_what_sort_makes_of_the_rows()
    {
        await cluster.OutputAsync("hadoop jar hadoop-examples.jar teragen -D mapred.map.tasks=4 20000 /classes/rows");
        await cluster.OutputAsync("hadoop jar hadoop-examples.jar terasort -D mapred.reduce.tasks=3 /classes/rows /classes/sorted");
        Assert.Equal(await cluster.OutputAsync("hadoop fs -cat '/classes/rows/part-*' | LC_ALL=C sort"),
            await cluster.OutputAsync("hadoop fs -cat '/classes/sorted/part-*'"));
    }
}
