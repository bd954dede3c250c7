using System.Text.Json;

namespace Agora.Hadoop.Jobs;

/// <remarks>
/// Reduces may start before all maps are done (<c>mapred.reduce.slowstart.completed.maps</c>), but only on what no map
/// of the job waits for; if a map has to be done again and finds no room, they give theirs up.
/// </remarks>
public sealed partial class JobTracker
{
    private static MapOutputs OutputsOf(Job job)
    {
        List<string> locations = [];
        Dictionary<string, int> indexes = [];
        List<MapOutput> outputs = [];
        for (var order = 0; order < job.MapsByInput.Length; order++)
        {
            // One that is not done has none yet, and one that failed for good never will.
            if (job.MapsByInput[order].Winner is not { Report.MapOutputLocation: { } location } winner)
                continue;
            if (!indexes.TryGetValue(location, out var index))
            {
                indexes[location] = index = locations.Count;
                locations.Add(location);
            }
            outputs.Add(new MapOutput(index, winner.Id.ToString(), order));
        }
        return new MapOutputs(locations, outputs, job.MapsComplete);
    }

    /// <summary>Tells reduces that wait that the last map is done; of what is done before, they ask.</summary>
    private static void TellWaitingReduces(Job job, ICollection<SchedulerCall> calls)
    {
        if (!job.MapsComplete || job.IsMapOnly)
            return;
        foreach (var agent in job.Reduces.SelectMany(r => r.Live).Select(a => a.AgentId).Distinct().Order())
            TellOutputs(job, agent, calls);
    }

    private static void TellOutputs(Job job, AgentId agent, ICollection<SchedulerCall> calls) =>
        calls.Add(new SchedulerCall.Message(agent, TaskTrackerId, JsonSerializer.SerializeToUtf8Bytes(
            new TrackerOrder(Outputs: new JobOutputs(job.Id.ToString(), OutputsOf(job))), JobsJson.Default.TrackerOrder)));

    /// <summary>Messages may be lost, so a reduce that waits says what it knows again and again.</summary>
    private static void AnswerWaitingReduce(Attempt reduce, int known, ICollection<SchedulerCall> calls)
    {
        var job = reduce.Task.Job;
        if (job.Phase == JobPhase.Running && (known < job.MapsDone || job.MapsComplete))
            TellOutputs(job, reduce.AgentId, calls);
    }

    /// <summary>A map that finds no room for long gets that of a reduce which waits for it.</summary>
    private void YieldToMaps(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        DateTimeOffset? next = null;
        foreach (var job in _active)
        {
            if (job.Phase != JobPhase.Running || job.PendingMaps.Count == 0 || !job.Reduces.Any(r => r.Live.Any()))
            {
                job.YieldsAt = null;
                continue;
            }
            var patience = job.NodeWait + job.RackWait + _options.ReduceYieldAfter;
            if (job.YieldsAt <= now)
            {
                var youngest = job.Reduces.SelectMany(r => r.Live).MaxBy(a => (a.Launched, a.Id.Task.Index))!;
                calls.Add(new SchedulerCall.Kill(youngest.TaskId, youngest.AgentId));
                job.YieldsAt = now + patience;
            }
            job.YieldsAt ??= now + patience;
            next = Earlier(next, job.YieldsAt);
        }
        _yieldAt = next;
    }
}
