using System.Diagnostics;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Input and programs that go wrong: what is said, what is left behind, and who survives it.</summary>
[Collection(HadoopCollection.Name)]
public sealed class BadInputTests(HadoopCluster cluster)
{
    [Fact]
    public async Task A_mapper_that_is_not_found_is_named_with_what_to_do()
    {
        await cluster.OutputAsync("printf 'one\\n' | hadoop fs -put - /bad/missing/in");
        var run = await StreamAsync("-D mapred.map.max.attempts=1 -input /bad/missing/in -output /bad/missing/out -mapper nosuch.py");
        Assert.Equal(1, run.Code);
        Assert.Contains("Cannot run program \"nosuch.py\": it is neither among the shipped files (-file, -files) nor in PATH",
            run.Error, StringComparison.Ordinal);
        await NothingIsLeftAsync("/bad/missing/out");
    }

    [Fact]
    public async Task A_program_may_leave_its_input_unread()
    {
        await cluster.OutputAsync("seq 3000000 | hadoop fs -put - /bad/unread/in");
        var run = await StreamAsync("-input /bad/unread/in -output /bad/unread/out -mapper true -reducer true");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal("", await cluster.OutputAsync("hadoop fs -cat '/bad/unread/out/part-*'"));
        await NothingIsLeftAsync("/bad/unread/out", "_SUCCESS\npart-00000\n");
    }

    [Fact]
    public async Task A_mapper_that_writes_for_ever_is_ended_with_its_job()
    {
        await cluster.OutputAsync("printf 'one\\n' | hadoop fs -put - /bad/endless/in");
        var marker = $"endless{Environment.ProcessId}";
        var run = StreamAsync($"-input /bad/endless/in -output /bad/endless/out -mapper 'yes {marker}' -numReduceTasks 0");
        var job = await cluster.OutputAsync($"until pgrep -f '^(/usr)?/bin/yes {marker}$' >/dev/null; do :; done; " +
            "hadoop job -list | tail -1 | cut -f1");
        await cluster.OutputAsync($"hadoop job -kill {job.Trim()}");
        Assert.Equal(1, (await run).Code);
        Assert.Equal(1, (await cluster.RunAsync($"pgrep -f '^(/usr)?/bin/yes {marker}$'")).Code);
        await NothingIsLeftAsync("/bad/endless/out");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Zeros_and_bytes_that_are_no_text_pass_unchanged_and_a_last_line_gets_its_end(int reduces)
    {
        await cluster.OutputAsync($"printf 'a\\0b\\t\\377\\376\\n\\0\\0\\t\\n\\303\\t(' | hadoop fs -put - /bad/bytes{reduces}/in");
        var run = await StreamAsync(
            $"-input /bad/bytes{reduces}/in -output /bad/bytes{reduces}/out -mapper cat -reducer cat -numReduceTasks {reduces}");
        Assert.True(run.Code == 0, run.Error);
        var result = (await cluster.RunAsync($"hadoop fs -cat '/bad/bytes{reduces}/out/part-*' | LC_ALL=C sort")).Bytes;
        Assert.Equal("\0\0\t\na\0b\t\u00ff\u00fe\n\u00c3\t(\n", System.Text.Encoding.Latin1.GetString(result));
    }

    [Fact]
    public async Task A_record_of_half_a_gigabyte_is_passed_on_or_refused_and_the_TaskTracker_goes_on()
    {
        await cluster.OutputAsync("head -c 512M /dev/zero | tr '\\0' x | hadoop fs -put - /bad/long/in");
        // To a program it goes as it comes, without being held.
        var passed = await StreamAsync("-D mapred.min.split.size=1000000000 -input /bad/long/in -output /bad/long/passed -mapper 'wc -c' -numReduceTasks 0");
        Assert.True(passed.Code == 0, passed.Error);
        Assert.Equal($"{(512 << 20) + 1}\t\n", await cluster.OutputAsync("hadoop fs -cat '/bad/long/passed/part-*'"));
        var trackers = Trackers();
        var refused = await StreamAsync("-D mapred.min.split.size=1000000000 -D mapred.map.max.attempts=1 " +
            "-input /bad/long/in -output /bad/long/refused -mapper cat -reducer cat");
        Assert.Equal(1, refused.Code);
        Assert.Contains("a record is longer than 256 MiB, the most that is supported", refused.Error, StringComparison.Ordinal);
        Assert.Subset(Trackers(), trackers);
        await NothingIsLeftAsync("/bad/long/refused");
        await cluster.OutputAsync("hadoop fs -rm /bad/long/in");
    }

    private Task<HadoopCluster.Result> StreamAsync(string options) =>
        cluster.RunAsync($"hadoop jar hadoop-streaming.jar {options}");

    /// <summary>No attempt's directory is left, and of the output no more than told.</summary>
    private async Task NothingIsLeftAsync(string output, string files = "")
    {
        await cluster.OutputAsync("while find . -path '*/jobcache/*/attempt_*' | grep -q .; do :; done");
        Assert.Equal(files, await cluster.OutputAsync(
            $"hadoop fs -ls {output} | grep -v _logs | awk -F/ 'NF>1 {{print $NF}}'"));
    }

    private HashSet<int> Trackers() => [.. Process.GetProcessesByName("agora-hadoop")
        .Where(p => File.ReadAllText($"/proc/{p.Id}/cmdline").Replace('\0', ' ') is var line &&
            line.Contains("tasktracker", StringComparison.Ordinal) && line.Contains(cluster.Service("hadoop-store"), StringComparison.Ordinal))
        .Select(p => p.Id)];
}
