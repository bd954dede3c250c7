using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Runs recorded on Hadoop 1.0.3, repeated: the same command on the same input must leave the same files.</summary>
[Collection(HadoopCollection.Name)]
public sealed class GoldenTests(HadoopCluster cluster)
{
    [Theory]
    [InlineData("01-wordcount")]
    [InlineData("04-hash-partition")]
    [InlineData("05-combiner")]
    [InlineData("07-counters")]
    [InlineData("09-gz-input")]
    [InlineData("11-nline")]
    [InlineData("13-fail-always")]
    [InlineData("15-separators")]
    [InlineData("20-xml-reader")]
    public async Task The_output_is_that_of_Hadoop_byte_for_byte(string name)
    {
        foreach (var (part, expected, actual) in await RunAsync(name))
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{part}:\n{Encoding.UTF8.GetString(actual)}");
    }

    [Fact]
    public async Task Shipped_files_and_unpacked_archives_lie_in_the_working_directory()
    {
        // Hadoop has its own jar unpacked there too.
        string[] own = ["META-INF@\t", "job.jar@\t", "org@\t"];
        foreach (var (_, expected, actual) in await RunAsync("17-files-archives"))
            Assert.Equal(Lines(expected).Except(own), Lines(actual).Distinct());
    }

    [Theory]
    [InlineData("03-secondary-sort")]
    [InlineData("12-fail-retry")]
    public async Task The_output_is_that_of_Hadoop_but_for_the_order_of_values_with_equal_keys(string name)
    {
        foreach (var (_, expected, actual) in await RunAsync(name))
        {
            // Hadoop's own order inside a key is its QuickSort's; the order of keys and what they hold must agree.
            Assert.Equal(Keys(expected), Keys(actual));
            Assert.Equal(Lines(expected).Order(StringComparer.Ordinal), Lines(actual).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Counters_that_a_program_reports_are_summed_over_its_attempts()
    {
        var counters = await cluster.CountersOfAsync(
            $"-input {await PutAsync("07-counters", "counted")} -output /golden/counted/out " +
            $"-mapper cm.sh -reducer 'wc -l' -file {Directory("07-counters")}/cm.sh");
        // As recorded in expected/counters.txt of the run.
        Assert.Equal((50, 24, 50), (counters["lines"], counters["fox"], counters["total"]));
    }

    private async Task<List<(string Part, byte[] Expected, byte[] Actual)>> RunAsync(string name)
    {
        var input = await PutAsync(name, name);
        var command = string.Join('\n', File.ReadAllLines(Path.Combine(Directory(name), "cmd.txt")).Where(l => !l.StartsWith('#')));
        var run = await cluster.RunAsync(command, Directory(name),
            ("J", "hadoop-streaming-1.0.3.jar"), ("IN", input), ("OUT", $"/golden/{name}/out"));
        Assert.True(run.Code.ToString() == File.ReadAllText(Path.Combine(Directory(name), "expected", "rc.txt")).Trim(), run.Error);
        CheckConsole(run, $"/golden/{name}/out");
        List<(string, byte[], byte[])> parts = [];
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(Directory(name), "expected"), "part-*").Order())
        {
            var part = Path.GetFileName(file);
            parts.Add((part, File.ReadAllBytes(file), (await cluster.RunAsync($"hadoop fs -cat /golden/{name}/out/{part}")).Bytes));
        }
        var listed = await cluster.RunAsync($"hadoop fs -ls '/golden/{name}/out/part-*'");
        Assert.Equal(parts.Count, listed.Output.Split('\n').Count(l => l.Contains("/part-", StringComparison.Ordinal)));
        return parts;
    }

    /// <summary>What tools read off the console, in Hadoop's order; times, ids and how often progress is told are left out.</summary>
    private static void CheckConsole(HadoopCluster.Result run, string output)
    {
        const string Progress = "progress";
        string[] where = ["To kill this job, run:", "hadoop job  -Dmapred.job.tracker=HOST -kill JOB", "Tracking URL: http://HOST/jobdetails.jsp?jobid=JOB"];
        Assert.StartsWith("packageJobJar: [", run.Output, StringComparison.Ordinal);
        var told = Regex.Matches(run.Error, @"^\d\d/\d\d/\d\d \d\d:\d\d:\d\d (?:INFO|ERROR) streaming\.StreamJob: (.*)$", RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value).Where(l => !l.StartsWith("getLocalDirs(): [", StringComparison.Ordinal)).ToList();
        var progress = told.Where(l => Regex.IsMatch(l, @"^ map \d+%  reduce \d+%$")).ToList();
        Assert.Equal(" map 100%  reduce 100%", progress[^1]);
        Assert.Equal(progress.Distinct(), progress);
        List<string> lines = [];
        foreach (var line in told.Select(l => progress.Contains(l) ? Progress : Regex.Replace(Regex.Replace(Regex.Replace(l,
            @"job_\d{12}_\d{4}", "JOB"), @"127\.0\.0\.1:\d+", "HOST"), @"^\S+/(hadoop job )|_\d{12}_\d{4}_m_00000\d$", "$1")))
        {
            if (line != Progress || lines[^1] != Progress)
                lines.Add(line);
        }
        string[] end = run.Code == 0 ? ["Job complete: JOB", $"Output: {output}"]
            : [.. where, "Job not successful. Error: # of failed Map Tasks exceeded allowed limit. FailedCount: 1. LastFailedTask: task", "killJob..."];
        Assert.Equal(["Running job: JOB", .. where, Progress, .. end], lines);
        if (run.Code != 0)
            Assert.EndsWith("\nStreaming Command Failed!\n", run.Error, StringComparison.Ordinal);
    }

    private async Task<string> PutAsync(string name, string as_)
    {
        await cluster.OutputAsync($"hadoop fs -put {Directory(name)}/input /golden/{as_}/in");
        return $"/golden/{as_}/in";
    }

    private static string Directory(string name) => Path.Combine(AppContext.BaseDirectory, "Hadoop", "golden", name);

    private static IEnumerable<string> Keys(byte[] text) => Lines(text).Select(l => l.Split('\t')[0]);

    private static string[] Lines(byte[] text) => Encoding.Latin1.GetString(text).Split('\n');
}
