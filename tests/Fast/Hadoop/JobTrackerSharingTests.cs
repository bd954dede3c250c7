using Agora.Hadoop.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>How jobs share what is offered, and how slow or unlucky attempts are dealt with.</summary>
public sealed class JobTrackerSharingTests
{
    private static readonly string[][] FourAnywhere = [[], [], [], []];
    private static readonly string[] Nodes = ["node1", "node2", "node3", "node4"];

    private readonly JobTrackerHarness _cluster = new();

    [Fact]
    public void Pools_share_by_weight_and_the_jobs_of_a_pool_equally()
    {
        string[][] many = [.. Enumerable.Repeat(Array.Empty<string>(), 8)];
        var heavy = _cluster.Submit(many, ("mapred.fairscheduler.pool", "heavy"));
        var first = _cluster.Submit(many, ("mapred.fairscheduler.pool", "light"));
        var second = _cluster.Submit(many, ("mapred.fairscheduler.pool", "light"));
        // Eight processors, three to one.
        _cluster.Offer(Nodes);
        Assert.Equal((6, 1, 1), (RunningOf(heavy), RunningOf(first), RunningOf(second)));
    }

    [Fact]
    public void Without_pools_users_share_equally_whoever_came_first()
    {
        var cluster = new JobTrackerHarness();
        var big = cluster.Submit([.. Enumerable.Repeat(Array.Empty<string>(), 8)], ("mapred.job.queue.name", "big"));
        var small = cluster.Submit(FourAnywhere, ("mapred.job.queue.name", "small"));
        cluster.Offer(Nodes);
        Assert.Equal(4, cluster.Running.Values.Count(t => t.Labels!["job"] == big.ToString()));
        Assert.Equal(4, cluster.Running.Values.Count(t => t.Labels!["job"] == small.ToString()));
    }

    [Fact]
    public void With_fifo_the_older_job_takes_all_it_can()
    {
        var cluster = new JobTrackerHarness(JobScheduling.Fifo);
        var old = cluster.Submit([.. Enumerable.Repeat(Array.Empty<string>(), 8)], ("mapred.job.queue.name", "a"));
        cluster.Submit(FourAnywhere, ("mapred.job.queue.name", "b"));
        cluster.Offer(Nodes);
        Assert.All(cluster.Running.Values, t => Assert.Equal(old.ToString(), t.Labels!["job"]));
    }

    [Fact]
    public void A_job_whose_slots_all_go_to_others_waits_for_its_data_no_longer_than_its_wait()
    {
        string[][] many = [.. Enumerable.Repeat(new[] { "node1" }, 40)];
        _cluster.Submit(many);
        var small = _cluster.Submit([["node9"]], (JobConf.NodeWaitMs, "5000"), (JobConf.RackWaitMs, "0"));
        for (var second = 0; second < 5; second++)
        {
            _cluster.Offer("node1");
            Assert.Equal((2, 0), (_cluster.Launched.Length, RunningOf(small)));
            _cluster.Advance(TimeSpan.FromSeconds(1));
        }
        _cluster.Offer("node1");
        Assert.Equal(1, RunningOf(small));
    }

    [Fact]
    public void A_priority_can_be_changed_while_the_job_waits()
    {
        _cluster.Submit(FourAnywhere);
        var late = _cluster.Submit(FourAnywhere);
        _cluster.Tell(new JobTrackerEvent.SetPriority(late, "VERY_HIGH"));
        _cluster.Offer("node1");
        Assert.All(_cluster.Launched, t => Assert.Equal(late.ToString(), t.Labels!["job"]));
        Assert.Equal("VERY_HIGH", _cluster.Status(late).Priority);
    }

    [Fact]
    public void A_straggler_is_tried_a_second_time_elsewhere_and_the_first_to_end_wins()
    {
        var job = _cluster.Submit(FourAnywhere, (JobConf.ReduceTasks, "0"));
        _cluster.Offer("node1", "node2");
        var straggler = _cluster.Running.Keys.First();
        var home = _cluster.Running[straggler].AgentId.Value;
        _cluster.Advance(TimeSpan.FromSeconds(10));
        foreach (var quick in _cluster.Running.Keys.Skip(1).ToList())
            _cluster.Finish(quick);
        _cluster.Progress(straggler, 0.1);
        _cluster.Advance(TimeSpan.FromSeconds(10));
        _cluster.Tick();
        _cluster.Offer(home);
        Assert.Empty(_cluster.Launched);
        _cluster.Offer("node3");
        var second = Assert.Single(_cluster.Launched).Id;
        Assert.Equal(straggler.Value[..^1] + "1", second.Value);
        _cluster.HoldCommits = true;
        _cluster.Finish(second);
        Assert.Equal(straggler, Assert.Single(_cluster.Calls.OfType<SchedulerCall.Kill>()).TaskId);
        _cluster.Tell(new JobTrackerEvent.AttemptCommitted(AttemptId.Parse(second.Value)));
        _cluster.End(straggler, TaskState.Killed);
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
        Assert.Equal(4, _cluster.Journal.OfType<JobTrackerRecord.Committed>().Count());
    }

    [Fact]
    public void When_both_attempts_at_a_task_succeed_only_one_is_committed()
    {
        var (job, first, second) = Twice();
        _cluster.HoldCommits = true;
        _cluster.Finish(second);
        _cluster.Finish(first);
        Assert.DoesNotContain(_cluster.Effects, e => e is JobTrackerEffect.CommitAttempt);
        _cluster.HoldCommits = false;
        _cluster.Tell(new JobTrackerEvent.AttemptCommitted(AttemptId.Parse(second.Value)));
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
    }

    [Fact]
    public void When_the_first_of_two_attempts_to_end_cannot_be_committed_the_other_goes_on()
    {
        var (job, first, second) = Twice();
        _cluster.HoldCommits = true;
        _cluster.Finish(second);
        _cluster.HoldCommits = false;
        _cluster.Tell(new JobTrackerEvent.AttemptCommitFailed(AttemptId.Parse(second.Value), "no space"));
        Assert.Equal(JobState.Running, _cluster.Status(job).State);
        _cluster.Finish(first);
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
    }

    [Fact]
    public void Without_speculation_a_straggler_is_left_alone()
    {
        _cluster.Submit(FourAnywhere, (JobConf.SpeculateMaps, "false"), (JobConf.ReduceTasks, "0"));
        _cluster.Offer("node1", "node2");
        _cluster.Advance(TimeSpan.FromSeconds(10));
        foreach (var quick in _cluster.Running.Keys.Skip(1).ToList())
            _cluster.Finish(quick);
        _cluster.Advance(TimeSpan.FromSeconds(60));
        _cluster.Tick();
        _cluster.Offer("node3");
        Assert.Empty(_cluster.Launched);
    }

    [Fact]
    public void A_job_keeps_away_from_a_host_on_which_it_failed_often()
    {
        // One host of five, so less than a quarter.
        _cluster.Offer("node1", "node2", "node3", "node4", "node5");
        _cluster.Submit(FourAnywhere, (JobConf.TrackerFailuresMax, "2"));
        _cluster.Offer("node1");
        foreach (var task in _cluster.Running.Keys.ToList())
            _cluster.Fail(task);
        _cluster.Offer("node1");
        Assert.Contains("2 attempts of", _cluster.Declined.Reason, StringComparison.Ordinal);
        _cluster.Offer("node2");
        Assert.Equal(2, _cluster.Launched.Length);
    }

    [Fact]
    public void A_job_may_do_without_a_percentage_of_its_maps()
    {
        var job = _cluster.Submit(FourAnywhere, (JobConf.MapAttempts, "1"), (JobConf.MapFailuresPercent, "25"));
        _cluster.Offer("node1", "node2");
        _cluster.Fail(_cluster.Running.Keys.First());
        _cluster.FinishAll();
        _cluster.Offer("node3");
        _cluster.FinishAll();
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
        Assert.Equal(1, _cluster.Status(job).Counters[CounterNames.Job][CounterNames.FailedMaps]);
    }

    [Fact]
    public void Attempts_that_end_with_their_TaskTracker_count_as_failures_only_when_it_keeps_happening()
    {
        var job = _cluster.Submit([[]], (JobConf.MapAttempts, "1"));
        for (var loss = 0; loss < 3; loss++)
        {
            _cluster.Offer("node1");
            _cluster.End(_cluster.Running.Keys.Single(), TaskState.Failed, reason: StatusReason.ExecutorTerminated);
            Assert.Equal(JobState.Running, _cluster.Status(job).State);
        }
        _cluster.Offer("node1");
        _cluster.End(_cluster.Running.Keys.Single(), TaskState.Failed, reason: StatusReason.ExecutorTerminated);
        Assert.Equal(JobState.Failed, _cluster.Status(job).State);
    }

    /// <summary>A map-only job whose last map has two attempts running.</summary>
    private (JobId Job, TaskId First, TaskId Second) Twice()
    {
        var job = _cluster.Submit(FourAnywhere, (JobConf.ReduceTasks, "0"));
        _cluster.Offer("node1", "node2");
        var first = _cluster.Running.Keys.First();
        _cluster.Advance(TimeSpan.FromSeconds(10));
        foreach (var quick in _cluster.Running.Keys.Skip(1).ToList())
            _cluster.Finish(quick);
        _cluster.Advance(TimeSpan.FromSeconds(10));
        _cluster.Tick();
        _cluster.Offer("node3");
        return (job, first, Assert.Single(_cluster.Launched).Id);
    }

    private int RunningOf(JobId job) => _cluster.Running.Values.Count(t => t.Labels!["job"] == job.ToString());
}
