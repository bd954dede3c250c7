using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>What <c>hadoop job</c> tells of jobs and does to them.</summary>
[Collection(HadoopCollection.Name)]
public sealed class JobCommandTests(HadoopCluster cluster)
{
    [Fact]
    public async Task A_failed_jobs_logs_events_history_and_page_all_tell_why()
    {
        await cluster.OutputAsync("echo one > one; hadoop fs -put one /jobs/why-in");
        var run = await cluster.RunAsync("hadoop jar hadoop-streaming.jar -D mapred.map.max.attempts=1 -D mapred.job.name=why " +
            "-input /jobs/why-in -output /jobs/why -mapper \"sh -c 'echo because >&2; exit 3'\" -reducer NONE " +
            "-mapdebug \"sh -c 'echo looked at \\$(cat \\$1)'\"");
        Assert.Equal(1, run.Code);
        var job = JobOf(run.Error);
        Assert.Contains("debugout:\nlooked at because java.lang.RuntimeException: ", await cluster.OutputAsync($"hadoop job -logs {job}"), StringComparison.Ordinal);
        Assert.Contains("because\n", await cluster.OutputAsync($"hadoop job -logs {job}"), StringComparison.Ordinal);
        Assert.Matches($"FAILED attempt_{job[4..]}_m_00000\\d_0 http://", await cluster.OutputAsync($"mapred job -events {job} 0 10"));
        var history = await cluster.OutputAsync("hadoop job -history /jobs/why");
        Assert.Contains("JobName: why\n", history, StringComparison.Ordinal);
        Assert.Contains("Status: FAILED\n", history, StringComparison.Ordinal);
        Assert.Contains("because", history, StringComparison.Ordinal);
        var url = Regex.Match(run.Error, @"Tracking URL: (\S+)").Groups[1].Value;
        Assert.Contains("because", await cluster.OutputAsync($"curl -sf '{url}'"), StringComparison.Ordinal);
        Assert.Equal(22, (await cluster.RunAsync($"curl -sf '{url}1'")).Code);
    }

    [Fact]
    public async Task A_running_jobs_priority_is_changed_its_attempts_are_listed_and_one_that_is_killed_is_tried_again()
    {
        await cluster.OutputAsync("echo one > line; hadoop fs -put line /jobs/run-in");
        // The first attempt goes on until it is killed, the second ends.
        var submitted = await cluster.RunAsync("hadoop jar hadoop-streaming.jar -background -D mapred.map.tasks=1 " +
            "-input /jobs/run-in -output /jobs/run -reducer NONE " +
            "-mapper \"sh -c 'case \\$mapred_task_id in *_0) exec sleep 1000;; esac; cat'\"");
        var job = JobOf(submitted.Error);
        var running = await UntilAsync(() => cluster.OutputAsync(
            $"hadoop job -list-attempt-ids {job} map running"), t => t.Length > 0);
        Assert.Equal($"attempt_{job[4..]}_m_000000_0\n", running);
        Assert.Equal("Changed job priority.\n", await cluster.OutputAsync($"hadoop job -set-priority {job} HIGH"));
        Assert.Matches($@"{job}\t1\t\d+\t\S+\tHIGH\tNA\n", await cluster.OutputAsync("hadoop job -list"));
        Assert.Matches(@"tracker_node\d:node\d/127.0.0.1:\d+\n", await cluster.OutputAsync("hadoop job -list-active-trackers"));
        Assert.Equal($"Killed task {running}", await cluster.OutputAsync($"hadoop job -kill-task {running.Trim()}"));
        await UntilAsync(() => cluster.OutputAsync($"hadoop job -list all | grep {job}"), t => t.Contains("\t2\t", StringComparison.Ordinal));
        Assert.Equal($"attempt_{job[4..]}_m_000000_1\n", await cluster.OutputAsync($"hadoop job -list-attempt-ids {job} map completed"));
        Assert.Equal("one\t\n", await cluster.OutputAsync("hadoop fs -cat /jobs/run/part-00000"));
    }

    [Theory]
    [InlineData("-set-priority job_202611221644_9999 SOON", 255, "", "Usage: JobClient")]
    [InlineData("-logs job_202611221644_9999", 255, "Could not find job job_202611221644_9999\n", "")]
    [InlineData("-kill-task attempt_202611221644_9999_m_000000_0", 255, "Could not kill task attempt_202611221644_9999_m_000000_0\n", "")]
    [InlineData("-fail-task foo", 1, "", "TaskAttemptId string : foo is not properly formed")]
    [InlineData("-history /nowhere", 255, "", "name the output directory of a job")]
    [InlineData("-nonsense", 255, "", "Usage: JobClient")]
    public async Task What_is_not_there_or_not_well_formed_is_said(string options, int code, string output, string error)
    {
        var run = await cluster.RunAsync($"hadoop job {options}");
        Assert.Equal(code, run.Code);
        Assert.Equal(output, run.Output);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_one_queue() => Assert.Equal(
        "Queue Name : default\nQueue State : running\nScheduling Info : N/A\n", await cluster.OutputAsync("mapred queue -list"));

    private static string JobOf(string console) => Regex.Match(console, @"Running job: (job_\d+_\d{4})\n").Groups[1].Value;

    private static async Task<string> UntilAsync(Func<Task<string>> ask, Func<string, bool> isIt)
    {
        const int AsksMax = 2_000;
        for (var i = 0; ; i++)
        {
            var answer = await ask();
            if (isIt(answer))
                return answer;
            Assert.True(i < AsksMax, $"it still says: {answer}");
        }
    }
}
