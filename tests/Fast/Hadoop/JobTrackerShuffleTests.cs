using System.Text.Json;
using Agora.Hadoop.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>Reduces that start before the last maps are done.</summary>
public sealed class JobTrackerShuffleTests
{
    private readonly JobTrackerHarness _cluster = new();

    [Fact]
    public void A_reduce_starts_on_what_no_map_waits_for_and_is_told_when_all_maps_are_done()
    {
        var (_, map, reduce) = Waiting();
        Assert.False(OutputsIn(_cluster.Running[reduce]).Complete);
        _cluster.Finish(map);
        var told = Assert.Single(Told());
        Assert.True(told.Complete);
        Assert.Equal([0, 1], told.List.Select(o => o.Order));
    }

    [Fact]
    public void A_reduce_that_missed_the_message_asks_and_is_told_again()
    {
        var (_, map, reduce) = Waiting();
        _cluster.Finish(map);
        Ask(reduce, known: 1);
        Assert.True(Assert.Single(Told()).Complete);
    }

    [Fact]
    public void A_reduce_that_knows_all_there_is_gets_no_answer()
    {
        var (_, _, reduce) = Waiting();
        Ask(reduce, known: 1);
        Assert.Empty(Told());
    }

    [Fact]
    public void No_reduce_starts_while_a_map_waits_for_room()
    {
        _cluster.Submit([["node1"], ["node2"]]);
        _cluster.Offer("node1");
        _cluster.Finish(_cluster.Running.Keys.Single());
        _cluster.Offer("node3");
        Assert.Empty(_cluster.Launched);
    }

    [Fact]
    public void A_map_that_has_to_be_done_again_and_finds_no_room_gets_that_of_a_waiting_reduce()
    {
        var (job, map, reduce) = Waiting();
        _cluster.End(map, TaskState.Unreachable);
        _cluster.Advance(TimeSpan.FromSeconds(14));
        _cluster.Tick();
        Assert.Empty(_cluster.Calls.OfType<SchedulerCall.Kill>());
        _cluster.Advance(TimeSpan.FromSeconds(1));
        _cluster.Tick();
        Assert.Equal(reduce, Assert.Single(_cluster.Calls.OfType<SchedulerCall.Kill>()).TaskId);
        _cluster.End(reduce, TaskState.Killed);
        _cluster.Offer("node2");
        Assert.Contains(_cluster.Launched, t => t.Id.Value.Contains("_m_000001_1", StringComparison.Ordinal));
        for (var i = 0; i < 2; i++)
        {
            _cluster.FinishAll();
            _cluster.Offer("node1");
        }
        Assert.Equal(JobState.Succeeded, _cluster.Status(job).State);
    }

    /// <summary>A job whose first map is done, whose second runs, and whose reduce waits for it.</summary>
    private (JobId Job, TaskId Map, TaskId Reduce) Waiting()
    {
        var job = _cluster.Submit([["node1"], ["node2"]]);
        _cluster.Offer("node1", "node2");
        var maps = _cluster.Running.Keys.ToList();
        _cluster.Finish(maps[0]);
        _cluster.Offer("node3");
        return (job, maps[1], Assert.Single(_cluster.Launched).Id);
    }

    private void Ask(TaskId reduce, int known) => _cluster.Tell(new SchedulerEvent.Message(
        _cluster.Running[reduce].AgentId, new ExecutorId("tasktracker"), JsonSerializer.SerializeToUtf8Bytes(
            new TrackerProgress([new AttemptProgress(reduce.Value, 0.1, null, known)]), JobsJson.Default.TrackerProgress)));

    private IEnumerable<MapOutputs> Told() => _cluster.Calls.OfType<SchedulerCall.Message>()
        .Select(m => JsonSerializer.Deserialize(m.Data.Span, JobsJson.Default.TrackerOrder)!.Outputs?.Outputs).OfType<MapOutputs>();

    private static MapOutputs OutputsIn(TaskSpec task) =>
        JsonSerializer.Deserialize(task.Data.Span, JobsJson.Default.TaskAssignment)!.MapOutputs!;
}
