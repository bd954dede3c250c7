using System.Runtime.InteropServices;
using Agora.Torque.Jobs;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Queue;

/// <summary>In which state a job is, and what is counted of it.</summary>
public sealed partial class JobQueue
{
    /// <summary>Substates, as managers see them.</summary>
    private static class Sub
    {
        public const int Queued = 10, Held = 20, DependencyHeld = 22, Waiting = 30, Prerun = 40, Running = 42, Suspended = 43,
            Exiting = 50, Complete = 59, Rerun = 60;
    }

    /// <summary>Counts a job that is new in its queue.</summary>
    private void Enter(Job job) => Count(job, 1);

    private void Leave(Job job)
    {
        _ready.Remove(job);
        Count(job, -1);
    }

    /// <summary>Puts a job that holds no slots and has not ended into the state that follows from all else.</summary>
    private void Settle(Job job)
    {
        _ready.Remove(job);
        var array = job.Array;
        array?.BeyondSlots.Remove(job.Id.Index!.Value);
        job.IsBeyondSlots = false;
        var at = job.Form.ExecutionTime * 1000 ?? 0;
        var wasActive = IsActive(job.State);
        if (job.Holds != Holds.None || job.WaitsForOthers)
        {
            Become(job, JobState.Held, job.Holds == Holds.None ? Sub.DependencyHeld : Sub.Held);
        }
        else if (at > NowMs)
        {
            Become(job, JobState.Waiting, Sub.Waiting);
            _deadlines.Enqueue((job.Id, Wake.Start), at);
        }
        else if (array?.SlotLimit is { } limit && array.Active - (wasActive ? 1 : 0) >= limit)
        {
            job.IsBeyondSlots = true;
            array.BeyondSlots.Add(job.Id.Index!.Value);
            Become(job, JobState.Held, Sub.Held);
        }
        else
        {
            if (job.EligibleAt == 0)
            {
                job.EligibleAt = NowMs;
                // Who has its turn under a slot limit must not follow from the order of a restart.
                if (array is { SlotLimit: not null })
                    Touch(job);
            }
            Become(job, JobState.Queued, Sub.Queued);
            if (job.RetryAt > NowMs)
                _deadlines.Enqueue((job.Id, Wake.Start), job.RetryAt);
            else if (job.Queue.IsExecution && job.Queue.IsStarted)
                _ready.Add(job);
        }
        if (job.State != JobState.Queued)
            job.EligibleAt = 0;
        if (wasActive && !IsActive(job.State))
            FillSlots(array);
    }

    private void SettleAll(Submission submission)
    {
        // Those that had their turn keep it.
        foreach (var job in JobsOf(submission).OrderBy(j => j.EligibleAt == 0))
        {
            if (!job.IsPlaced && job.State != JobState.Complete)
                Settle(job);
        }
    }

    /// <summary>Lets elements take their turn as far as the array's slot limit goes, the lowest index first.</summary>
    private void FillSlots(JobArray? array)
    {
        while (array is { BeyondSlots.Count: > 0 } && (array.SlotLimit is not { } limit || array.Active < limit))
        {
            var index = array.BeyondSlots.Min;
            array.BeyondSlots.Remove(index);
            Settle(array.Element(index)!);
        }
    }

    /// <summary>Takes back turns beyond a limit that was lowered, the highest index first; what runs goes on.</summary>
    private void TakeBackSlots(JobArray array)
    {
        foreach (var element in array.ElementsBackwards)
        {
            if (array.SlotLimit is not { } limit || array.Active <= limit)
                return;
            if (element.State == JobState.Queued)
                Settle(element);
        }
    }

    private static bool IsActive(JobState state) => state is JobState.Queued or JobState.Running or JobState.Exiting;

    private void Become(Job job, JobState state, int substate)
    {
        job.Substate = substate;
        if (job.State == state)
            return;
        Count(job, -1);
        job.State = state;
        Count(job, 1);
    }

    private void Count(Job job, int by)
    {
        var state = (int)job.State;
        _counts[state] += by;
        job.Queue.Counts[state] += by;
        if (job.Array is not null)
            job.Array.Counts[state] += by;
        if (job.State == JobState.Complete)
            return;
        var busy = job.State is JobState.Running or JobState.Exiting ? by : 0;
        job.Queue.AssignedNodes += busy * job.Form.Parsed.NodeCount;
        job.Queue.AssignedSlots += busy * job.Form.Parsed.Slots;
        CountUser(_users, job.Form.User, by, busy);
        CountUser(job.Queue.Users, job.Form.User, by, busy);
    }

    private static void CountUser(Dictionary<string, UserCount> users, string user, int by, int busy)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(users, user, out _);
        count.Unfinished += by;
        count.Busy += busy;
        if (count.Unfinished == 0)
            users.Remove(user);
    }

    private static QueuedJob RequestOf(Job job) => job.Request ??= new QueuedJob(
        job.Id, job.Form.User, job.Queue.Name, job.Form.Priority, job.Form.Parsed.Nodes, job.Form.Parsed.Walltime);

    private static DateTimeOffset? EndOf(Job job) => job.Form.Parsed.Walltime is { } walltime
        ? DateTimeOffset.FromUnixTimeMilliseconds(job.StartedAt > 0 ? job.StartedAt : job.Hosting!.PlacedAt) + walltime
        : null;

    /// <summary>The limit that forbids the job to run just now, in words; null if none does.</summary>
    public string? LimitOf(JobId id) => LimitOf(id, out _);

    /// <param name="isOfUser">It keeps back all jobs of that user in that queue, whatever they ask for.</param>
    public string? LimitOf(JobId id, out bool isOfUser)
    {
        isOfUser = false;
        if (Find(id) is not Job job)
            return null;
        var queue = job.Queue;
        var user = job.Form.User;
        var limitOfUser = OverLimit(queue.Attributes, "max_running", queue.Busy, j => j.Queue == queue, $"queue {queue.Name}")
            ?? OverLimit(queue.Attributes, "max_user_run", queue.Users.GetValueOrDefault(user).Busy,
                j => j.Queue == queue && j.Form.User == user, $"user {user} in queue {queue.Name}")
            ?? OverLimit(_server, "max_running", _placed.Count, _ => true, "the server")
            ?? OverLimit(_server, "max_user_run", _users.GetValueOrDefault(user).Busy, j => j.Form.User == user, $"user {user}");
        isOfUser = limitOfUser is not null;
        return limitOfUser
            ?? OverGroup(job)
            ?? OverAvailable(queue, "nodect", queue.AssignedNodes, j => j.Form.Parsed.NodeCount, job)
            ?? OverAvailable(queue, "procct", queue.AssignedSlots, j => j.Form.Parsed.Slots, job)
            ?? (job.Array is { SlotLimit: { } limit } array && array.Counts[(int)JobState.Running] +
                array.Counts[(int)JobState.Exiting] + Reserved(j => j.Array == array) >= limit
                ? $"array {array.Id} has {limit} elements running, its slot limit"
                : null);
    }

    private int Reserved(Func<Job, bool> counts) => _reserved.Count == 0 ? 0 : _reserved.Values.Count(counts);

    private string? OverLimit(AttributeSet attributes, string name, int running, Func<Job, bool> counts, string of) =>
        attributes.Number(name) is { } limit && limit >= 0 && running + Reserved(counts) >= limit
            ? $"{of} has {running + Reserved(counts)} jobs running, {name} is {limit}" : null;

    private string? OverGroup(Job job)
    {
        // Seldom set, so that nothing is counted for it.
        if (job.Queue.Attributes.Number("max_group_run") is null)
            return null;
        bool Counts(Job j) => j.Queue == job.Queue && j.Form.Group == job.Form.Group;
        return OverLimit(job.Queue.Attributes, "max_group_run", _placed.Values.Count(Counts), Counts,
            $"group {job.Form.Group} in queue {job.Queue.Name}");
    }

    private string? OverAvailable(BatchQueue queue, string resource, int placed, Func<Job, int> need, Job job)
    {
        if (queue.Attributes.Number($"resources_available.{resource}") is not { } limit)
            return null;
        var used = placed + _reserved.Values.Where(j => j.Queue == queue).Sum(need);
        return used + need(job) > limit
            ? $"queue {queue.Name} has {used} of {limit} {resource} in use, resources_available.{resource}"
            : null;
    }
}
