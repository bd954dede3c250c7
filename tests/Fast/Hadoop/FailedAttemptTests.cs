using Agora.Hadoop.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>What is left of a failed attempt for its user to look at.</summary>
public sealed class FailedAttemptTests : IDisposable
{
    private static readonly AttemptId Map = StreamingBench.Attempt(TaskKind.Map, 0);

    private readonly StreamingBench _bench = new();

    public FailedAttemptTests()
    {
        _bench.Put("in", "a\n"u8);
        _bench.Ship("fail.sh", "#!/bin/sh\necho spoken >&2\necho left > left\nexit 3\n");
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_debug_script_is_given_the_logs_and_the_properties_and_what_it_says_is_a_log_too()
    {
        _bench.Ship("look.sh", """
            #!/bin/sh
            echo "$1 has $#: $(cat $2 | wc -c) $(head -1 $3) $(cat $4) $(cat left)"
            echo "$(grep -c my.own $5) in $mapred_task_id" >&2
            exit 7

            """);
        var result = _bench.RunMap("in", "-D", "my.own=1", "-mapper", "fail.sh", "-mapdebug", "look.sh why");
        Assert.False(result.Succeeded);
        string[] expected =
        [
            "why has 5: 0 spoken PipeMapRed.waitOutputThreads(): subprocess failed with code 3 left",
            $"1 in {Map}",
            "the debug script look.sh ended with code 7",
        ];
        Assert.Equal(expected.Order(), File.ReadAllLines(Path.Combine(_bench.Logs(Map), "debugout")).Order());
        Assert.Contains("why has 5: 0 spoken", result.Report.LogTail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_debug_script_that_is_not_there_is_named_and_the_attempts_own_failure_is_told()
    {
        var result = _bench.RunMap("in", "-mapper", "fail.sh", "-mapdebug", "no.sh");
        Assert.Contains("code 3", result.Message, StringComparison.Ordinal);
        Assert.Contains("\"no.sh\"", result.Report.LogTail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_working_directory_is_kept_if_the_job_says_so_even_when_the_job_is_forgotten(bool keep)
    {
        var result = _bench.RunMap("in", "-D", $"keep.failed.task.files={keep}", "-mapper", "fail.sh");
        _bench.Forget();
        var said = File.ReadAllLines(Path.Combine(_bench.Logs(Map), "stderr"))[^1].Split(' ')[^1];
        Assert.Equal(keep, result.Report.LogTail!.Contains("keep.failed.task.files", StringComparison.Ordinal));
        Assert.Equal(keep, File.Exists(Path.Combine(said, "left")));
        Assert.Equal(keep, File.Exists(Path.Combine(said, "fail.sh")));
        Assert.Equal(keep, Directory.EnumerateFiles(_bench.Directory, "left", SearchOption.AllDirectories).Any());
    }
}
