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

        /// <summary>Jobs that were first in turn and waited for their data, so that another's task got the room.</summary>
        public HashSet<Job> LetBy { get; } = [];
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
        foreach (var job in _pools.InTurn(_active))
        {
            if ((job.PendingMaps.Count > 0 && PlaceMap(now, slot, job)) ||
                (job.PendingReduces.Count > 0 && PlaceReduce(now, slot, job)) ||
                (job.Slow.Count > 0 && PlaceSecond(now, slot, job)))
            {
                slot.LetBy.UnionWith(slot.Rejections.Where(r => r.ForLocality).Select(r => r.Job));
                return true;
            }
        }
        return false;
    }

    private bool PlaceMap(DateTimeOffset now, Slot slot, Job job)
    {
        if (!Fits(slot, job, job.MapSize, "map"))
            return false;
        var host = slot.Offer.Hostname;
        var allowed = job.Delay.Allowed(now, host);
        if (Avoids(slot, job))
            return false;
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
        if (locality is { } level)
            job.Delay.Launched(now, level);
        if (locality == Locality.Node)
            job.WaitsSince = null;
        Launch(now, slot, map, locality);
        return true;
    }

    private bool PlaceReduce(DateTimeOffset now, Slot slot, Job job)
    {
        if (!job.ReducesCanStart)
        {
            slot.Rejections.Add(new Rejection(job, false,
                $"the reduces of {job.Id} wait for {job.Maps.Length - job.MapsDone} of {job.Maps.Length} maps"));
            return false;
        }
        if (!Fits(slot, job, job.ReduceSize, "reduce") || Avoids(slot, job))
            return false;
        foreach (var index in job.PendingReduces)
        {
            var reduce = job.Reduces[index];
            if (Avoids(reduce, slot.Offer.Hostname))
                continue;
            Launch(now, slot, reduce, null);
            return true;
        }
        slot.Rejections.Add(new Rejection(job, false,
            $"the reduces of {job.Id} that wait have failed on {slot.Offer.Hostname} before"));
        return false;
    }

    /// <summary>A second attempt at a slow task, on another host; one that fits is no better than another.</summary>
    private bool PlaceSecond(DateTimeOffset now, Slot slot, Job job)
    {
        var host = slot.Offer.Hostname;
        foreach (var task in job.Slow)
        {
            if (task.IsLiveOn(host) || Avoids(task, host) || Avoids(slot, job) ||
                !Fits(slot, job, job.SizeOf(task.Id.Kind), "second attempt"))
                continue;
            Locality? locality = task.Split is not { Hosts.Count: > 0 } split ? null
                : split.Hosts.Contains(host) ? Locality.Node
                : RacksOf(task).Contains(slot.Offer.Attributes["rack"]) ? Locality.Rack : Locality.Any;
            Launch(now, slot, task, locality);
            return true;
        }
        slot.Rejections.Add(new Rejection(job, false, $"{job.Id} wants second attempts, but on other hosts than {host}"));
        return false;
    }

    /// <summary>
    /// A job keeps away from a host on which it failed often, while such hosts are less than a quarter of all
    /// (Hadoop's job blacklist).
    /// </summary>
    private bool Avoids(Slot slot, Job job)
    {
        const int ShareOfHosts = 4;
        var host = slot.Offer.Hostname;
        if (job.HostFailures.GetValueOrDefault(host) < job.HostFailuresMax ||
            job.HostFailures.Count(h => h.Value >= job.HostFailuresMax) * ShareOfHosts >
            _agents.Values.Select(a => a.Hostname).Distinct().Count())
            return false;
        slot.Rejections.Add(new Rejection(job, false, $"{job.HostFailures[host]} attempts of {job.Id} have failed on {host}"));
        return true;
    }

    private bool Fits(Slot slot, Job job, Resources size, string what)
    {
        var tracker = slot.HasTracker ? NoResources : _options.TaskTrackerResources;
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

    private void Launch(DateTimeOffset now, Slot slot, JobTask task, Locality? locality)
    {
        var job = task.Job;
        var offer = slot.Offer;
        var size = job.SizeOf(task.Id.Kind);
        var id = new AttemptId(task.Id, task.Attempts.Count);
        Record(new JobTrackerRecord.Launched(
            id, offer.AgentId.Value, offer.Hostname, $"{offer.Address}:{offer.FilePort}", locality, now));
        var assignment = new TaskAssignment(id.ToString(), job.Submission, job.Maps.Length, job.Reduces.Length,
            task.Split, task.IsMap ? null : OutputsOf(job));
        var labels = new Dictionary<string, string> { ["job"] = job.Id.ToString() };
        if (locality is { } level)
            labels["locality"] = level.ToString().ToLowerInvariant();
        slot.Free -= slot.HasTracker ? size : size + _options.TaskTrackerResources;
        slot.HasTracker = true;
        slot.Tasks.Add(new TaskSpec(new TaskId(id.ToString()), task.Id.ToString(), offer.AgentId, size,
            Executor: new ExecutorSpec(TaskTrackerId, "Hadoop TaskTracker", _options.TaskTracker,
                _options.TaskTrackerResources, _options.TaskTrackerGrace),
            Data: JsonSerializer.SerializeToUtf8Bytes(assignment, JobsJson.Default.TaskAssignment), Labels: labels));
    }

    private void Answer(DateTimeOffset now, Slot slot, ICollection<SchedulerCall> calls)
    {
        var refuse = _options.IdleRefusal;
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
        if (refuse < _options.ShortestRefusal)
            refuse = _options.ShortestRefusal;
        foreach (var rejection in slot.Rejections)
        {
            if (!rejection.ForLocality)
                continue;
            rejection.Job.Delay.TurnedDown(now, host, refuse);
            rejection.Job.RefusesUntil = now + refuse;
            slot.LetBy.Remove(rejection.Job);
        }
        // Others of this JobTracker take what a job lets by, so it is never turned down as a whole; its wait runs all the same,
        // or it would stand behind them for ever.
        foreach (var job in slot.LetBy)
        {
            job.WaitsSince ??= now;
            job.Delay.TurnedDown(now, host, job.Delay.Refusal(now, host));
        }
        if (slot.Tasks.Count > 0)
        {
            calls.Add(new SchedulerCall.Accept([slot.Offer.Id], slot.Tasks, refuse));
            return;
        }
        var reason = slot.Rejections.Find(r => r.ForLocality) ?? slot.Rejections.FirstOrDefault();
        calls.Add(new SchedulerCall.Decline(
            [slot.Offer.Id], reason?.Reason ?? "no job has a task to start", refuse));
    }

    private void PublishHints(ICollection<SchedulerCall> calls)
    {
        List<Hint> hints = [];
        foreach (var job in _active)
        {
            if (job.Phase != JobPhase.Running)
                continue;
            if (job.PendingMaps.Count > 0)
            {
                hints.Add(new Hint([.. job.PendingMaps.Hosts.Take(_options.HintHostsMax)], job.MapSize,
                    job.PendingMaps.Count, DateTimeOffset.MaxValue));
            }
            if (job.ReducesCanStart)
                hints.Add(new Hint([], job.ReduceSize, job.PendingReduces.Count, DateTimeOffset.MaxValue));
            if (job.Slow.Count > 0)
                hints.Add(new Hint([], job.SizeOf(job.Slow.First().Id.Kind), job.Slow.Count, DateTimeOffset.MaxValue));
        }
        if (SameHints(hints, _hints))
            return;
        _hints = hints;
        calls.Add(new SchedulerCall.UpdateHints(hints));
    }

    /// <summary>
    /// While every job that could start something has just turned offers down for locality, offers of agents without
    /// their data would only be turned down too: until the first refusal ends they are filtered out.
    /// </summary>
    private void PublishFilters(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        SortedSet<string> hosts = new(StringComparer.Ordinal);
        DateTimeOffset? until = null;
        foreach (var job in _active)
        {
            if (!job.HasLaunchable)
                continue;
            if (job.RefusesUntil <= now || !job.WaitsForHostsOnly)
            {
                until = null;
                break;
            }
            hosts.UnionWith(job.PendingMaps.Hosts);
            until = until is null || job.RefusesUntil < until ? job.RefusesUntil : until;
        }
        _filteredUntil = until;
        IReadOnlyList<string>? only = until is null || hosts.Count > _options.HintHostsMax ? null : [.. hosts];
        if (only is null ? _onlyAgents is null : _onlyAgents is not null && only.SequenceEqual(_onlyAgents))
            return;
        _onlyAgents = only;
        calls.Add(new SchedulerCall.SetFilters(new FrameworkFilters(only)));
    }

    private static bool SameHints(List<Hint> a, IReadOnlyList<Hint> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Count == p.Second.Count &&
            p.First.Size == p.Second.Size && p.First.Agents.SequenceEqual(p.Second.Agents));
}
