using Agora.Hadoop.Jobs;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>What is left of the JobTracker's life in its journal is all it needs to go on.</summary>
public sealed class JobTrackerRestartTests
{
    private readonly JobTrackerHarness _cluster = new();

    [Fact]
    public void After_a_restart_what_ran_is_asked_after_and_goes_on_and_what_was_done_is_not_done_again()
    {
        var job = _cluster.Submit([["node1"], ["node2"]]);
        _cluster.Offer("node1", "node2");
        var maps = _cluster.Running.Keys.ToList();
        _cluster.Finish(maps[0]);
        _cluster.Restart();
        Assert.Equal([maps[1]], Assert.Single(_cluster.Calls.OfType<SchedulerCall.Reconcile>()).Tasks.Select(t => t.TaskId));
        Assert.Equal(0.5, _cluster.Status(job).MapProgress);
        _cluster.Finish(maps[1]);
        _cluster.Offer("node3");
        Assert.Equal($"attempt_{job.ToString()[4..]}_r_000000_0", Assert.Single(_cluster.Launched).Id.Value);
        _cluster.FinishAll();
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
        Assert.Equal(3, _cluster.Status(job).Counters["My Group"]["lines"]);
    }

    [Fact]
    public void An_attempt_that_the_master_knows_nothing_of_after_a_restart_is_run_again()
    {
        _cluster.Submit([["node1"]]);
        _cluster.Offer("node1");
        var lost = _cluster.Running.Keys.Single();
        _cluster.Restart();
        _cluster.End(lost, TaskState.Unknown);
        _cluster.Offer("node1");
        Assert.EndsWith("_m_000000_1", Assert.Single(_cluster.Launched).Id.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_master_is_asked_again_until_it_has_answered()
    {
        _cluster.Submit([["node1"]]);
        _cluster.Offer("node1");
        _cluster.Restart();
        _cluster.Advance(TimeSpan.FromSeconds(5));
        _cluster.Tick();
        Assert.Single(_cluster.Calls.OfType<SchedulerCall.Reconcile>());
        var (task, spec) = _cluster.Running.Single();
        _cluster.End(task, TaskState.Running);
        _cluster.Running[task] = spec;
        _cluster.Advance(TimeSpan.FromSeconds(5));
        _cluster.Tick();
        Assert.Empty(_cluster.Calls.OfType<SchedulerCall.Reconcile>());
    }

    [Fact]
    public void A_commit_that_was_under_way_is_done_again_after_a_restart()
    {
        var job = _cluster.Submit([["node1"]], (JobConf.ReduceTasks, "0"));
        _cluster.Offer("node1");
        _cluster.HoldCommits = true;
        _cluster.FinishAll();
        _cluster.HoldCommits = false;
        _cluster.Restart();
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
    }

    [Fact]
    public void A_job_killed_before_a_restart_kills_what_still_runs_and_ends_as_killed()
    {
        var job = _cluster.Submit([["node1"]]);
        _cluster.Offer("node1");
        _cluster.Tell(new JobTrackerEvent.Kill(job));
        _cluster.Restart();
        var (task, spec) = _cluster.Running.Single();
        _cluster.End(task, TaskState.Running);
        _cluster.Running[task] = spec;
        Assert.Equal(task, Assert.Single(_cluster.Calls.OfType<SchedulerCall.Kill>()).TaskId);
        _cluster.End(task, TaskState.Killed);
        Assert.Equal(JobState.Killed, _cluster.Status(job).State);
    }

    [Fact]
    public void Ids_go_on_after_a_restart_and_never_come_twice()
    {
        var first = _cluster.Submit([[]]);
        _cluster.Restart();
        Assert.Equal(first.Number + 1, _cluster.Submit([[]]).Number);
    }

    [Fact]
    public void Whatever_has_happened_a_restarted_JobTracker_shows_the_same_as_the_one_that_was_killed() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1000]).List[1, 60].Sample(steps =>
        {
            var cluster = new JobTrackerHarness();
            List<JobId> jobs = [];
            foreach (var (what, which) in steps)
                Do(cluster, jobs, what, which);
            var before = jobs.ConvertAll(j => Shown(cluster.Status(j)));
            cluster.Restart();
            Assert.Equal(before, jobs.ConvertAll(j => Shown(cluster.Status(j))));
            // And it brings every job to its end.
            for (var i = 0; i < 100 && jobs.Exists(j => cluster.Status(j).State is JobState.Running or JobState.Prep); i++)
            {
                cluster.Offer("node1", "node2", "node3");
                cluster.FinishAll();
                cluster.Advance(TimeSpan.FromSeconds(10));
            }
            Assert.All(jobs, j => Assert.True(cluster.Status(j).State is not (JobState.Running or JobState.Prep)));
        }, iter: 200);

    private static void Do(JobTrackerHarness cluster, List<JobId> jobs, int what, int which)
    {
        var task = cluster.Running.Keys.ElementAtOrDefault(cluster.Running.Count == 0 ? 0 : which % cluster.Running.Count);
        switch (what)
        {
            case 0:
                jobs.Add(cluster.Submit([["node1"], ["node2", "node3"], []], (JobConf.ReduceTasks, $"{which % 3}")));
                break;
            case 1:
                cluster.Offer($"node{1 + (which % 3)}");
                break;
            case 2 when cluster.Running.Count > 0:
                cluster.Finish(task);
                break;
            case 3 when cluster.Running.Count > 0:
                cluster.Fail(task);
                break;
            case 4 when cluster.Running.Count > 0:
                cluster.End(task, TaskState.Unreachable);
                break;
            case 5 when which < 100 && jobs.Count > 0:
                cluster.Tell(new JobTrackerEvent.Kill(jobs[which % jobs.Count]));
                break;
        }
    }

    private static string Shown(JobStatus s) => $"{s.JobId} {s.State} {s.MapProgress:0.000} {s.ReduceProgress:0.000} {s.Priority} " +
        string.Join(' ', s.Counters.Where(g => g.Key != CounterNames.Scheduling)
            .SelectMany(g => g.Value).Select(c => $"{c.Key}={c.Value}"));
}
