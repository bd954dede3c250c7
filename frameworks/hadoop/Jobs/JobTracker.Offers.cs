using System.Text.Json;
using Agora.Sdk;

namespace Agora.Hadoop.Jobs;

public sealed partial class JobTracker
{
    private static readonly Resources NoResources = Resources.Empty;

    /// <summary>An offer while it is being filled.</summary>
    private sealed class Slot(Offer offer)
    {
        public Offer Offer { get; } = offer;
        public Resources Free { get; set; } = offer.Resources;
        public bool HasTracker { get; set; } = offer.Executors.Contains(TaskTrackerId);
        public List<TaskSpec> Tasks { get; } = [];

        /// <summary>Why jobs did not use it in the last pass.</summary>
        public List<Rejection> Rejections { get; } = [];
    }

    /// <param name="ForLocality">The job waits for nodes that hold its data.</param>
    private sealed record Rejection(Job Job, bool ForLocality, string Reason);

    private void Offered(DateTimeOffset now, IReadOnlyList<Offer> offers, ICollection<SchedulerCall> calls)
    {
        Slot[] slots = [.. offers.Select(o => new Slot(o))];
        foreach (var offer in offers)
            _agents[offer.AgentId] = (offer.Hostname, offer.Attributes["rack"]);
        // One task an offer and pass, so that a job spreads over all that is offered.
        bool placed;
        do
        {
            placed = false;
            foreach (var slot in slots)
                placed |= PlaceOne(now, slot);
        }
        while (placed);
        foreach (var slot in slots)
            Answer(now, slot, calls);
    }

    private bool PlaceOne(DateTimeOffset now, Slot slot)
    {
        slot.Rejections.Clear();
        foreach (var job in _active)
        {
            if (job.Phase != JobPhase.Running)
                continue;
            if (job.PendingMaps.Count > 0 && PlaceMap(now, slot, job))
                return true;
            if (job.PendingReduces.Count > 0 && PlaceReduce(now, slot, job))
                return true;
        }
        return false;
    }

    private bool PlaceMap(DateTimeOffset now, Slot slot, Job job)
    {
        if (!Fits(slot, job, job.MapSize, "map"))
            return false;
        var host = slot.Offer.Hostname;
        var allowed = job.Delay.Allowed(now, host);
        Func<JobTask, bool> may = task => !Avoids(task, host);
        Locality? locality = Locality.Node;
        var map = job.PendingMaps.OnHost(host, may);
        if (map is null)
        {
            locality = null;
            map = job.PendingMaps.WithoutHosts(may);
        }
        if (map is null)
        {
            map = job.PendingMaps.FailedAtHome(may);
            locality = map is null ? null : RacksOf(map).Contains(slot.Offer.Attributes["rack"]) ? Locality.Rack : Locality.Any;
        }
        if (map is null && allowed >= Locality.Rack && slot.Offer.Attributes["rack"] is { } rack)
        {
            locality = Locality.Rack;
            map = job.PendingMaps.OnRack(rack, RackOf, may);
        }
        if (map is null && allowed == Locality.Any)
        {
            locality = Locality.Any;
            map = job.PendingMaps.Anywhere(may);
        }
        if (map is null)
        {
            slot.Rejections.Add(allowed == Locality.Any || job.PendingMaps.Anywhere(may) is null
                ? new Rejection(job, false, $"the maps of {job.Id} that wait have failed on {host} before")
                : new Rejection(job, true, LocalityReason(now, job, host, allowed)));
            return false;
        }
        job.PendingMaps.Remove(map);
        CountLocality(now, job, locality);
        Launch(now, slot, map, job.MapSize, locality);
        return true;
    }

    private bool PlaceReduce(DateTimeOffset now, Slot slot, Job job)
    {
        if (!job.MapsComplete)
        {
            slot.Rejections.Add(new Rejection(job, false,
                $"the reduces of {job.Id} wait for {job.Maps.Length - job.MapsDone} of {job.Maps.Length} maps"));
            return false;
        }
        if (!Fits(slot, job, job.ReduceSize, "reduce"))
            return false;
        foreach (var index in job.PendingReduces)
        {
            var reduce = job.Reduces[index];
            if (Avoids(reduce, slot.Offer.Hostname))
                continue;
            job.PendingReduces.Remove(index);
            Launch(now, slot, reduce, job.ReduceSize, null);
            return true;
        }
        slot.Rejections.Add(new Rejection(job, false,
            $"the reduces of {job.Id} that wait have failed on {slot.Offer.Hostname} before"));
        return false;
    }

    private bool Fits(Slot slot, Job job, Resources size, string what)
    {
        var tracker = slot.HasTracker ? NoResources : options.TaskTrackerResources;
        if (slot.Free.Contains(size + tracker))
            return true;
        slot.Rejections.Add(new Rejection(job, false, $"too small: a {what} of {job.Id} needs {size}" +
            (slot.HasTracker ? "" : $" and a TaskTracker {tracker}") + $", {slot.Free} is left"));
        return false;
    }

    /// <summary>A task does not go back to a host it failed on while there is one it has not tried.</summary>
    private bool Avoids(JobTask task, string host) =>
        task.FailedHosts.Contains(host) && _agents.Values.Any(a => !task.FailedHosts.Contains(a.Hostname));

    private IEnumerable<string?> RacksOf(JobTask map) => map.Split!.Hosts.Select(RackOf).Where(r => r is not null);

    private string? RackOf(string host)
    {
        foreach (var (hostname, rack) in _agents.Values)
            if (hostname == host)
                return rack;
        return null;
    }

    private static void CountLocality(DateTimeOffset now, Job job, Locality? locality)
    {
        if (locality is not { } level)
            return;
        job.Delay.Launched(now, level);
        if (level == Locality.Node)
            job.WaitsSince = null;
        var (group, name) = level switch
        {
            Locality.Node => (CounterNames.Job, CounterNames.DataLocalMaps),
            Locality.Rack => (CounterNames.Job, CounterNames.RackLocalMaps),
            Locality.Any => (CounterNames.Scheduling, CounterNames.RemoteMaps),
        };
        job.JobCounters.Add(group, name, 1);
    }

    private static string LocalityReason(DateTimeOffset now, Job job, string host, Locality allowed)
    {
        const int HostsNamed = 3;
        var hosts = job.PendingMaps.Hosts.ToList();
        var names = string.Join(", ", hosts.Take(HostsNamed)) +
            (hosts.Count > HostsNamed ? $" and {hosts.Count - HostsNamed} more" : "");
        var where = allowed == Locality.Node ? $"on {host}" : $"on {host} or in its rack";
        var waited = now - (job.WaitsSince ?? now);
        var limit = allowed == Locality.Node ? job.NodeWait : job.NodeWait + job.RackWait;
        return $"no data of {job.Id} {where}; waiting {waited.TotalSeconds:0.0} s of {limit.TotalSeconds:0.#} s for {names}";
    }

    private void Launch(DateTimeOffset now, Slot slot, JobTask task, Resources size, Locality? locality)
    {
        var job = task.Job;
        var offer = slot.Offer;
        var attempt = new Attempt(
            new AttemptId(task.Id, task.AttemptsMade++), task, offer.AgentId, offer.Hostname, now);
        task.Phase = JobTaskPhase.Running;
        task.Current = attempt;
        job.LiveAttempts++;
        job.Agents.Add(offer.AgentId);
        job.Version++;
        job.JobCounters.Add(CounterNames.Job,
            task.Id.Kind == TaskKind.Map ? CounterNames.LaunchedMaps : CounterNames.LaunchedReduces, 1);
        _attempts[attempt.TaskId] = attempt;
        var assignment = new TaskAssignment(attempt.Id.ToString(), job.Submission, job.Maps.Length, job.Reduces.Length,
            task.Split, task.Id.Kind == TaskKind.Reduce ? OutputsOf(job) : null);
        var labels = new Dictionary<string, string> { ["job"] = job.Id.ToString() };
        if (locality is { } level)
            labels["locality"] = level.ToString().ToLowerInvariant();
        slot.Free -= slot.HasTracker ? size : size + options.TaskTrackerResources;
        slot.HasTracker = true;
        slot.Tasks.Add(new TaskSpec(attempt.TaskId, task.Id.ToString(), offer.AgentId, size,
            Executor: new ExecutorSpec(TaskTrackerId, "Hadoop TaskTracker", options.TaskTracker,
                options.TaskTrackerResources, options.TaskTrackerGrace),
            Data: JsonSerializer.SerializeToUtf8Bytes(assignment, JobsJson.Default.TaskAssignment), Labels: labels));
    }

    private static MapOutputs OutputsOf(Job job)
    {
        List<string> locations = [];
        Dictionary<string, int> indexes = [];
        List<MapOutput> outputs = [];
        foreach (var map in job.MapsByInput)
        {
            var location = map.Current!.Report!.MapOutputLocation!;
            if (!indexes.TryGetValue(location, out var index))
            {
                indexes[location] = index = locations.Count;
                locations.Add(location);
            }
            outputs.Add(new MapOutput(index, map.Current.Id.ToString()));
        }
        return new MapOutputs(locations, outputs);
    }

    private void Answer(DateTimeOffset now, Slot slot, ICollection<SchedulerCall> calls)
    {
        var refuse = options.IdleRefusal;
        var host = slot.Offer.Hostname;
        foreach (var rejection in slot.Rejections)
        {
            if (!rejection.ForLocality)
                continue;
            var job = rejection.Job;
            job.WaitsSince ??= now;
            job.JobCounters.Add(CounterNames.Scheduling, CounterNames.OffersRejected, 1);
            // The offer is wanted back when the first of them would take it.
            var refusal = job.Delay.Refusal(now, host);
            refuse = refusal < refuse ? refusal : refuse;
        }
        if (refuse < options.ShortestRefusal)
            refuse = options.ShortestRefusal;
        foreach (var rejection in slot.Rejections)
            if (rejection.ForLocality)
                rejection.Job.Delay.TurnedDown(now, host, refuse);
        if (slot.Tasks.Count > 0)
        {
            calls.Add(new SchedulerCall.Accept([slot.Offer.Id], slot.Tasks, refuse));
            return;
        }
        var reason = slot.Rejections.Find(r => r.ForLocality) ?? slot.Rejections.FirstOrDefault();
        calls.Add(new SchedulerCall.Decline(
            [slot.Offer.Id], reason?.Reason ?? "no job has a task to start", refuse));
    }

    private void PublishHints(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        List<Hint> hints = [];
        foreach (var job in _active)
        {
            if (job.Phase != JobPhase.Running)
                continue;
            if (job.PendingMaps.Count > 0)
            {
                hints.Add(new Hint([.. job.PendingMaps.Hosts.Take(options.HintHostsMax)], job.MapSize,
                    job.PendingMaps.Count, DateTimeOffset.MaxValue));
            }
            if (job.ReducesCanStart)
                hints.Add(new Hint([], job.ReduceSize, job.PendingReduces.Count, DateTimeOffset.MaxValue));
        }
        if (SameHints(hints, _hints))
            return;
        _hints = hints;
        calls.Add(new SchedulerCall.UpdateHints(hints));
    }

    private static bool SameHints(List<Hint> a, IReadOnlyList<Hint> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Count == p.Second.Count &&
            p.First.Size == p.Second.Size && p.First.Agents.SequenceEqual(p.Second.Agents));
}
