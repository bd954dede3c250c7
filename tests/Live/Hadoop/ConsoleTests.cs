using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>What users' scripts read: console lines, exit codes and listings.</summary>
[Collection(HadoopCollection.Name)]
public sealed class ConsoleTests(HadoopCluster cluster)
{
    private const string Stamp = @"\d\d/\d\d/\d\d \d\d:\d\d:\d\d ";

    [Fact]
    public async Task A_job_says_what_Hadoop_1_says()
    {
        await PutAsync("/console/in/a", "one\ntwo\n");
        var run = await cluster.RunAsync(
            "hadoop jar hadoop-streaming.jar -input /console/in -output /console/out -mapper cat -reducer cat");
        Assert.Equal(0, run.Code);
        Assert.Matches(@"^packageJobJar: \[/\S+/hadoop-unjar\d+/\] \[\] /\S+/streamjob\d+\.jar tmpDir=null\n$", run.Output);
        var lines = run.Error.TrimEnd('\n').Split('\n');
        string[] expected =
        [
            @"INFO mapred\.FileInputFormat: Total input paths to process : 1",
            @"INFO streaming\.StreamJob: getLocalDirs\(\): \[.*\]",
            @"INFO streaming\.StreamJob: Running job: job_\d{12}_\d{4}",
            @"INFO streaming\.StreamJob: To kill this job, run:",
            @"INFO streaming\.StreamJob: \S+/hadoop job  -Dmapred\.job\.tracker=127\.0\.0\.1:\d+ -kill job_\d{12}_\d{4}",
            @"INFO streaming\.StreamJob: Tracking URL: http://127\.0\.0\.1:\d+/jobdetails\.jsp\?jobid=job_\d{12}_\d{4}",
        ];
        for (var i = 0; i < expected.Length; i++)
            Assert.Matches($"^{Stamp}{expected[i]}$", lines[i]);
        Assert.All(lines[expected.Length..^2], l => Assert.Matches($@"^{Stamp}INFO streaming\.StreamJob:  map \d+%  reduce \d+%$", l));
        Assert.EndsWith("INFO streaming.StreamJob:  map 100%  reduce 100%", lines[^3], StringComparison.Ordinal);
        Assert.Matches($@"^{Stamp}INFO streaming\.StreamJob: Job complete: job_\d{{12}}_\d{{4}}$", lines[^2]);
        Assert.Matches($@"^{Stamp}INFO streaming\.StreamJob: Output: /console/out$", lines[^1]);
        Assert.Equal("_SUCCESS\n_logs\npart-00000\n", await cluster.OutputAsync("hadoop fs -ls /console/out | grep -o '[^/]*$' | grep -v items"));
    }

    [Theory]
    [InlineData(4, "ERROR streaming.StreamJob: Error launching job , Output path already exists : Output directory hdfs://",
        "-input /refused/in -output /refused/in -mapper cat")]
    [InlineData(5, "ERROR streaming.StreamJob: Error Launching job : Input path does not exist: hdfs://",
        "-input /refused/nope -output /refused/o -mapper cat")]
    [InlineData(5, "/refused/no* matches 0 files", "-input '/refused/no*' -output /refused/o -mapper cat")]
    [InlineData(1, "ERROR streaming.StreamJob: Missing required option: output", "-input x -mapper cat")]
    [InlineData(1, "No Arguments Given!", "")]
    [InlineData(1, "does not exist, or is not readable.", "-input x -output y -mapper m -file /no/such")]
    [InlineData(3, "Invalid job conf : mapred.reduce.tasks=x is not a number", "-D mapred.reduce.tasks=x -input /refused/in -output /refused/o")]
    [InlineData(1, "-inputformat org.apache.hadoop.mapred.MultiFileInputFormat is not supported yet",
        "-input x -output y -inputformat org.apache.hadoop.mapred.MultiFileInputFormat")]
    public async Task A_refused_job_has_Hadoops_words_and_exit_code(int code, string words, string options)
    {
        await cluster.RunAsync("hadoop fs -mkdir /refused/in");
        var run = await cluster.RunAsync($"hadoop jar hadoop-streaming.jar {options}");
        Assert.Equal(code, run.Code);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        if (options.Length > 0)
            Assert.EndsWith("Streaming Command Failed!\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_job_shows_the_programs_last_words_and_leaves_no_parts()
    {
        await PutAsync("/failing/in/a", "one\n");
        var run = await cluster.RunAsync("hadoop jar hadoop-streaming.jar -D mapred.map.max.attempts=1 " +
            "-input /failing/in -output /failing/out -mapper \"sh -c 'echo why it failed >&2; exit 3'\" -reducer cat");
        Assert.Equal(1, run.Code);
        Assert.Contains("\nwhy it failed\njava.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code 3\n",
            run.Error, StringComparison.Ordinal);
        Assert.Matches($@"{Stamp}ERROR streaming\.StreamJob: Job not successful\. Error: # of failed Map Tasks exceeded " +
            @"allowed limit\. FailedCount: 1\. LastFailedTask: task_\d+_\d{4}_m_00000\d\n", run.Error);
        Assert.EndsWith("INFO streaming.StreamJob: killJob...\nStreaming Command Failed!\n", run.Error, StringComparison.Ordinal);
        Assert.Equal("_logs\n", await cluster.OutputAsync("hadoop fs -ls /failing/out | grep -o '[^/]*$' | grep -v items"));
    }

    [Fact]
    public async Task A_killed_job_ends_with_no_reason_and_its_programs_are_dead()
    {
        await PutAsync("/killed/in/a", "one\n");
        var marker = $"31{Environment.ProcessId}";
        var run = cluster.RunAsync("hadoop jar hadoop-streaming.jar -input /killed/in -output /killed/out " +
            $"-mapper \"sh -c 'sleep {marker}'\" -reducer cat");
        var job = await cluster.OutputAsync($"until pgrep -f 'sleep {marker}$' >/dev/null; do :; done; " +
            "hadoop job -list | tail -1 | cut -f1");
        Assert.Equal($"Killed job {job}", await cluster.OutputAsync($"hadoop job -kill {job.Trim()}"));
        var ended = await run;
        Assert.Equal(1, ended.Code);
        Assert.Contains("Job not successful. Error: NA\n", ended.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await cluster.RunAsync($"pgrep -f 'sleep {marker}$'")).Code);
    }

    [Fact]
    public async Task Job_queries_answer_as_Hadoop_does()
    {
        var unknown = await cluster.RunAsync("hadoop job -status job_209901010000_0001");
        Assert.Equal((255, "Could not find job job_209901010000_0001\n"), (unknown.Code, unknown.Output));
        var malformed = await cluster.RunAsync("mapred job -kill foo");
        Assert.Equal(1, malformed.Code);
        Assert.Contains("JobId string : foo is not properly formed", malformed.Error, StringComparison.Ordinal);
        Assert.Matches("^\\d+ jobs currently running\nJobId\tState\tStartTime\tUserName\tPriority\tSchedulingInfo\n",
            await cluster.OutputAsync("hadoop job -list"));
    }

    [Fact]
    public async Task Files_are_listed_and_errors_told_in_the_form_of_hadoop_fs()
    {
        await PutAsync("/fs/a.txt", "alpha\nbeta\n");
        await cluster.OutputAsync("hadoop fs -mkdir /fs/p/q");
        var list = await cluster.OutputAsync("hadoop fs -ls /fs");
        Assert.Matches(@"^Found 2 items\n-rw-r--r--   1 \S+ supergroup         11 \d{4}-\d\d-\d\d \d\d:\d\d /fs/a\.txt\n" +
            @"drwxr-xr-x   - \S+ supergroup          0 \d{4}-\d\d-\d\d \d\d:\d\d /fs/p\n$", list);
        Assert.Matches(@"^Found 2 items\n11          hdfs://\S+/fs/a\.txt\n0           hdfs://\S+/fs/p\n$",
            await cluster.OutputAsync("hdfs dfs -du /fs"));
        Assert.Equal("alpha\nbeta\n", await cluster.OutputAsync("hadoop fs -cat '/fs/*.txt'"));
        foreach (var (command, code, error) in new[]
        {
            ("-ls /fs/nope", 255, "ls: Cannot access /fs/nope: No such file or directory.\n"),
            ("-cat /fs/nope", 255, "cat: File does not exist: /fs/nope\n"),
            ("-cat /fs/p", 255, "cat: File does not exist: /fs/p\n"),
            ("-mkdir /fs/p", 255, "mkdir: cannot create directory /fs/p: File exists\n"),
            ("-put /dev/null /fs/a.txt", 255, "put: Target /fs/a.txt already exists\n"),
            ("-put /no/such /fs", 255, "put: File /no/such does not exist.\n"),
            ("-rm /fs/nope", 255, "rm: cannot remove /fs/nope: No such file or directory.\n"),
            ("-test -e /fs/nope", 1, ""),
            ("-test -d /fs/p", 0, ""),
            ("-test -z /fs/a.txt", 1, ""),
            ("-cat", 255, "Usage: java FsShell [-cat <src>]\n"),
        })
        {
            var result = await cluster.RunAsync($"hadoop fs {command}");
            Assert.Equal((code, error), (result.Code, result.Error));
        }
        Assert.Matches(@"^Deleted hdfs://\S+/fs\n$", await cluster.OutputAsync("hadoop fs -rmr /fs"));
    }

    private async Task PutAsync(string path, string text) =>
        await cluster.OutputAsync($"printf '{Regex.Replace(text, "\n", "\\n")}' | hadoop fs -put - {path}");
}
