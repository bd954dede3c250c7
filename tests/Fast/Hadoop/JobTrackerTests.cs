using System.Text.Json;
using Agora.Hadoop.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class JobTrackerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly JobTrackerHarness _cluster = new();

    [Fact]
    public void An_offer_without_the_data_is_rejected_with_a_reason_until_the_wait_is_over_then_taken_by_rack_then_by_any()
    {
        // Racks are known of hosts that have been offered.
        _cluster.Offer("node1");
        var job = _cluster.Submit([["node1"]]);
        _cluster.Offer("node3");
        Assert.Equal($"no data of {job} on node3; waiting 0.0 s of 5 s for node1", _cluster.Declined.Reason);
        Assert.Equal(2.5 * Second, _cluster.Declined.Refuse);

        _cluster.Advance(2 * Second);
        _cluster.Offer("node2");
        Assert.Equal($"no data of {job} on node2; waiting 2.0 s of 5 s for node1", _cluster.Declined.Reason);

        // 0.5 s before the rack level opens at 5 s the offer is refused for no longer than that.
        _cluster.Advance(2.5 * Second);
        _cluster.Offer("node3");
        Assert.Equal(0.5 * Second, _cluster.Declined.Refuse);

        _cluster.Advance(0.5 * Second);
        _cluster.Offer("node3");
        Assert.Equal($"no data of {job} on node3 or in its rack; waiting 5.0 s of 10 s for node1", _cluster.Declined.Reason);
        _cluster.Offer("node2");
        Assert.Equal("rack", Assert.Single(_cluster.Launched).Labels!["locality"]);
        Assert.Equal(4, Counter(job, CounterNames.Scheduling, CounterNames.OffersRejected));
        Assert.Equal(1, Counter(job, CounterNames.Job, CounterNames.RackLocalMaps));
    }

    [Fact]
    public void After_both_waits_a_map_runs_anywhere()
    {
        var job = _cluster.Submit([["node1"]], (JobConf.NodeWaitMs, "1000"), (JobConf.RackWaitMs, "2000"));
        // Refusals are half a wait at most (0.5 s, then 1 s), and only refused time counts: 1 s + 2 s = 6 x 0.5 s.
        for (var i = 0; i < 6; i++)
        {
            _cluster.Offer("node3");
            _cluster.Advance(0.5 * Second);
        }
        _cluster.Offer("node3");
        Assert.Equal("any", Assert.Single(_cluster.Launched).Labels!["locality"]);
        Assert.Equal(1, Counter(job, CounterNames.Scheduling, CounterNames.RemoteMaps));
    }

    [Fact]
    public void Time_without_offers_is_no_waiting()
    {
        _cluster.Submit([["node1"]]);
        _cluster.Advance(60 * Second);
        _cluster.Offer("node3");
        Assert.Contains("waiting 0.0 s of 5 s", _cluster.Declined.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_local_launch_starts_the_wait_anew()
    {
        _cluster.Submit([["node1"], ["node1"], ["node1"]]);
        _cluster.Offer("node3");
        _cluster.Advance(4 * Second);
        _cluster.Offer("node1");
        Assert.Equal(2, _cluster.Launched.Length);
        _cluster.Advance(4 * Second);
        _cluster.Offer("node3");
        Assert.Contains("waiting 0.0 s of 5 s", _cluster.Declined.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void While_all_jobs_wait_for_their_nodes_others_are_filtered_out_until_the_first_refusal_ends()
    {
        _cluster.Submit([["node1"]]);
        _cluster.Submit([["node2"]]);
        _cluster.Offer("node3");
        Assert.Equal(["node1", "node2"], Assert.Single(Filters()).OnlyAgents);
        _cluster.Advance(_cluster.Declined.Refuse!.Value);
        _cluster.Tick();
        Assert.Null(Assert.Single(Filters()).OnlyAgents);
        _cluster.Offer("node3");
        Assert.Equal(["node1", "node2"], Assert.Single(Filters()).OnlyAgents);
        // A job that would run anywhere wants to see all offers.
        _cluster.Submit([[]]);
        Assert.Null(Assert.Single(Filters()).OnlyAgents);
    }

    [Fact]
    public void An_offer_takes_as_many_local_maps_as_fit_and_several_offers_share_what_is_everywhere()
    {
        // Two processors an agent; the TaskTracker takes none.
        _cluster.Submit([["node1"], ["node1"], ["node1"], [], []]);
        _cluster.Offer("node1", "node2");
        var hosts = _cluster.Launched.Select(t => t.AgentId.Value).Order();
        Assert.Equal(["node1", "node1", "node2", "node2"], hosts);
    }

    [Fact]
    public void A_job_that_waits_for_its_nodes_leaves_the_offer_to_the_next_job()
    {
        _cluster.Submit([["node1"]]);
        var second = _cluster.Submit([["node3"]]);
        _cluster.Offer("node3");
        Assert.StartsWith($"attempt_{second.ToString()[4..]}", Assert.Single(_cluster.Launched).Id.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Offers_are_asked_for_only_while_a_task_could_start()
    {
        var job = _cluster.Submit([["node1"]]);
        Assert.Single(_cluster.Calls.OfType<SchedulerCall.Revive>());
        Assert.Equal(["node1"], Assert.Single(Hints()).Agents);
        _cluster.Offer("node1");
        Assert.Single(_cluster.Calls.OfType<SchedulerCall.Suppress>());
        _cluster.FinishAll();
        // The map is done, so its reduce can start: somewhere.
        Assert.Single(_cluster.Calls.OfType<SchedulerCall.Revive>());
        Assert.Empty(Assert.Single(Hints()).Agents);
        _cluster.Offer("node3");
        _cluster.FinishAll();
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
        Assert.True(_cluster.Tracker.Subscription.Suppressed);
    }

    [Fact]
    public void Reduces_start_after_all_maps_and_are_told_where_the_outputs_are_in_the_order_of_the_input()
    {
        var job = _cluster.Submit([["node1"], ["node2"]], (JobConf.SlowStart, "1"));
        _cluster.Offer("node1", "node2");
        var maps = _cluster.Running.Keys.ToList();
        _cluster.Finish(maps[1]);
        _cluster.Offer("node3");
        Assert.Equal($"the reduces of {job} wait for 1 of 2 maps", _cluster.Declined.Reason);
        _cluster.Finish(maps[0]);
        _cluster.Offer("node3");
        var reduce = JsonSerializer.Deserialize(Assert.Single(_cluster.Launched).Data.Span, JobsJson.Default.TaskAssignment)!;
        Assert.Equal(["http://node1/out", "http://node2/out"], reduce.MapOutputs!.Locations);
        Assert.Equal(maps.Select(m => m.Value), reduce.MapOutputs.List.Select(o => o.Attempt));
    }

    [Fact]
    public void A_failed_map_is_tried_on_other_nodes_at_once_and_the_fourth_failure_fails_the_job()
    {
        var job = _cluster.Submit([["node1"], ["node2"]]);
        _cluster.Offer("node1", "node2", "node3");
        var first = new TaskId($"attempt_{job.ToString()[4..]}_m_000000_0");
        _cluster.Fail(first);
        _cluster.Offer("node1");
        Assert.Equal($"the maps of {job} that wait have failed on node1 before", _cluster.Declined.Reason);
        foreach (var (host, attempt) in new[] { ("node3", 1), ("node2", 2), ("node1", 3) })
        {
            _cluster.Offer(host);
            var again = Assert.Single(_cluster.Launched);
            Assert.Equal($"attempt_{job.ToString()[4..]}_m_000000_{attempt}", again.Id.Value);
            _cluster.Fail(again.Id);
        }
        // The other map is killed; the job ends when it is gone.
        var other = Assert.Single(_cluster.Calls.OfType<SchedulerCall.Kill>());
        Assert.Equal(JobState.Running, _cluster.Status(job).State);
        _cluster.End(other.TaskId, TaskState.Killed);
        var status = _cluster.Status(job);
        Assert.Equal(JobState.Failed, status.State);
        Assert.Equal("# of failed Map Tasks exceeded allowed limit. FailedCount: 1. " +
            $"LastFailedTask: task_{job.ToString()[4..]}_m_000000", status.FailureInfo);
        Assert.EndsWith("exit 3\nit said why", status.FailureLog, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TaskState.Lost)]
    [InlineData(TaskState.Unreachable)]
    [InlineData(TaskState.Gone)]
    [InlineData(TaskState.Dropped)]
    public void A_lost_attempt_is_run_again_and_counts_as_no_failure(TaskState state)
    {
        var job = _cluster.Submit([["node1"]], (JobConf.MapAttempts, "1"));
        _cluster.Offer("node1");
        _cluster.End(_cluster.Running.Keys.Single(), state);
        _cluster.Offer("node1");
        Assert.EndsWith("_1", Assert.Single(_cluster.Launched).Id.Value, StringComparison.Ordinal);
        Assert.Equal(JobState.Running, _cluster.Status(job).State);
    }

    [Fact]
    public void A_map_whose_output_cannot_be_fetched_runs_again_and_the_reduce_after_it()
    {
        var job = _cluster.Submit([["node1"], ["node2"]], (JobConf.ReduceAttempts, "1"), (JobConf.SlowStart, "1"));
        _cluster.Offer("node1", "node2");
        var lost = _cluster.Running.Keys.First();
        _cluster.FinishAll();
        Assert.Equal(2, Counter(job, "My Group", "lines"));
        _cluster.Offer("node3");
        _cluster.Fail(_cluster.Running.Keys.Single(), lost.Value);
        Assert.Equal(1, Counter(job, "My Group", "lines"));
        _cluster.Offer("node1");
        Assert.EndsWith("_m_000000_1", Assert.Single(_cluster.Launched).Id.Value, StringComparison.Ordinal);
        _cluster.FinishAll();
        _cluster.Offer("node3");
        _cluster.FinishAll();
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
        Assert.Equal(1, Counter(job, CounterNames.Scheduling, CounterNames.MapsRerun));
    }

    [Fact]
    public void A_map_that_has_finished_without_anybody_saying_where_its_output_is_runs_again()
    {
        var job = _cluster.Submit([["node1"]], (JobConf.SlowStart, "1"));
        _cluster.Offer("node1");
        _cluster.End(_cluster.Running.Keys.Single(), TaskState.Finished);
        Assert.Equal(0, _cluster.Status(job).MapProgress);
        _cluster.Offer("node1");
        Assert.EndsWith("_m_000000_1", Assert.Single(_cluster.Launched).Id.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void When_an_agent_is_lost_the_maps_that_ran_there_run_again()
    {
        var job = _cluster.Submit([["node1", "node2"]]);
        _cluster.Offer("node1");
        _cluster.FinishAll();
        Assert.Equal(1, _cluster.Status(job).MapProgress);
        _cluster.Tell(new SchedulerEvent.AgentLost(new AgentId("node1"), "node1", "no pong"));
        Assert.Equal(0, _cluster.Status(job).MapProgress);
        _cluster.Offer("node2");
        Assert.EndsWith("_m_000000_1", Assert.Single(_cluster.Launched).Id.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_is_committed_once_and_an_attempt_that_comes_back_from_the_dead_is_killed()
    {
        var job = _cluster.Submit([["node1"]], (JobConf.ReduceTasks, "0"));
        _cluster.Offer("node1");
        var (first, spec) = _cluster.Running.Single();
        _cluster.End(first, TaskState.Unreachable);
        _cluster.Running[first] = spec;
        _cluster.End(first, TaskState.Running);
        Assert.Equal(first, Assert.Single(_cluster.Calls.OfType<SchedulerCall.Kill>()).TaskId);
        _cluster.Running[first] = spec;
        _cluster.Finish(first);
        Assert.Empty(_cluster.Effects);
        _cluster.Offer("node1");
        _cluster.FinishAll();
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
    }

    [Fact]
    public void A_killed_job_kills_what_runs_and_then_removes_what_it_wrote()
    {
        var job = _cluster.Submit([["node1"]]);
        _cluster.Offer("node1");
        _cluster.Tell(new JobTrackerEvent.Kill(job));
        var running = Assert.Single(_cluster.Calls.OfType<SchedulerCall.Kill>()).TaskId;
        Assert.Empty(_cluster.Effects);
        _cluster.End(running, TaskState.Killed);
        Assert.Equal(JobState.Killed, _cluster.Status(job).State);
        Assert.Null(_cluster.Status(job).FailureInfo);
    }

    [Fact]
    public void A_finished_job_is_forgotten_by_the_TaskTrackers_that_worked_for_it()
    {
        _cluster.Submit([["node1"], ["node2"]], (JobConf.ReduceTasks, "0"));
        _cluster.Offer("node1", "node2");
        List<string> told = [];
        while (_cluster.Running.Count > 0)
        {
            _cluster.Finish(_cluster.Running.Keys.First());
            told.AddRange(_cluster.Calls.OfType<SchedulerCall.Message>().Select(m => m.AgentId.Value));
        }
        Assert.Equal(["node1", "node2"], told);
    }

    [Fact]
    public void An_offer_too_small_for_the_first_task_and_its_TaskTracker_says_so()
    {
        var cluster = new JobTrackerHarness { AgentSize = Resources.Of(2, 300) };
        var job = cluster.Submit([[]]);
        cluster.Offer("node1");
        Assert.StartsWith($"too small: a map of {job} needs", cluster.Declined.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_of_higher_priority_goes_first()
    {
        _cluster.Submit([[], []]);
        var urgent = _cluster.Submit([[], []], (JobConf.Priority, "HIGH"));
        _cluster.Offer("node1");
        Assert.All(_cluster.Launched, t => Assert.Equal(urgent.ToString(), t.Labels!["job"]));
    }

    private IEnumerable<FrameworkFilters> Filters() => _cluster.Calls.OfType<SchedulerCall.SetFilters>().Select(f => f.Filters);

    private IReadOnlyList<Hint> Hints() => Assert.Single(_cluster.Calls.OfType<SchedulerCall.UpdateHints>()).Hints;

    private long Counter(JobId job, string group, string name) =>
        _cluster.Status(job).Counters.GetValueOrDefault(group)?.GetValueOrDefault(name) ?? 0;
}
