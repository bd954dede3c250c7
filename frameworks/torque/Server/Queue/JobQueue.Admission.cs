using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>Whether a queue takes a job, and what a routing queue does with it.</summary>
public sealed partial class JobQueue
{
    private const int RouteRetrySecondsDefault = 30;

    /// <summary>Refusals that may be otherwise a little later.</summary>
    private static bool IsPassing(PbsError error) => error is PbsError.QueueNotEnabled or PbsError.QueueFull or PbsError.QueueFullForUser;

    /// <summary>The queue that takes the job, through a routing queue if need be, and the job's resources there.</summary>
    /// <param name="jobs">Elements of an array.</param>
    /// <exception cref="PbsException">None does.</exception>
    private (BatchQueue Queue, IReadOnlyList<JobAttribute> Resources, IReadOnlyList<string> Defaulted) Admit(
        JobWish wish, BatchQueue queue, int jobs)
    {
        var (resources, defaulted) = CheckAdmission(wish, queue, jobs, isRouted: false, counted: 0);
        if (!queue.IsRoute)
            return (queue, resources, defaulted);
        var mayRoute = queue.IsStarted && (wish.Value("Hold_Types") is null or "n" && wish.Depend is null || queue.Attributes.IsTrue("route_held_jobs"));
        var (found, passing) = mayRoute ? FindRoute(wish, queue, jobs) : (null, true);
        if (found is not null)
            return found.Value;
        if (!passing)
            throw new PbsException(PbsError.RouteRejected, "Job rejected by all possible destinations (check syntax, queue resources, ...)");
        return (queue, resources, defaulted);
    }

    /// <returns>The first destination that takes it; and where none does, whether one may do so later.</returns>
    private ((BatchQueue Queue, IReadOnlyList<JobAttribute> Resources, IReadOnlyList<string> Defaulted)? Found, bool Passing) FindRoute(
        JobWish wish, BatchQueue from, int jobs)
    {
        var passing = false;
        foreach (var name in from.Attributes.List("route_destinations"))
        {
            if (!_queues.TryGetValue(name.Split('@')[0], out var queue) || queue.IsRoute)
                continue;
            try
            {
                var (resources, defaulted) = CheckAdmission(wish, queue, jobs, isRouted: true, counted: 0);
                return ((queue, resources, defaulted), false);
            }
            catch (PbsException e)
            {
                passing |= IsPassing(e.Error);
            }
        }
        return (null, passing);
    }

    /// <summary>The original's checks in its order.</summary>
    /// <param name="counted">How many of the jobs the queue and the server count already.</param>
    private (IReadOnlyList<JobAttribute> Resources, IReadOnlyList<string> Defaulted) CheckAdmission(
        JobWish wish, BatchQueue queue, int jobs, bool isRouted, int counted)
    {
        if (!queue.IsEnabled)
            throw new PbsException(PbsError.QueueNotEnabled, "Queue is not enabled");
        CheckAccess(wish.Caller, queue.Attributes, new PbsException(PbsError.QueueAccess, "Access to queue is denied"));
        CheckAccess(wish.Caller, _server, Refusal.NotOwner());
        if (queue.Attributes.IsTrue("from_route_only") && !isRouted)
            throw new PbsException(PbsError.QueueAccess, "Access to queue is denied MSG=queue only accepts jobs from routing queues");
        CheckType(wish, queue);
        CheckRoom(wish, queue, jobs, counted);
        var (resources, defaulted) = WithDefaults(wish.Resources, queue);
        CheckResources(queue, resources);
        if (!queue.IsRoute && !_options.IsFeasible(Parse(resources).Nodes))
        {
            throw Refusal.Exceeds(
                "cannot locate feasible nodes (nodes file is empty, all systems are busy, or no nodes have the requested feature)");
        }
        return (resources, defaulted);
    }

    private void CheckAccess(Caller caller, AttributeSet attributes, PbsException refusal)
    {
        var denied =
            attributes.IsTrue("acl_host_enable") && !IsIn(attributes.List("acl_hosts"), caller.Host) ||
            attributes.IsTrue("acl_user_enable") && !IsListed(attributes.List("acl_users"), caller) ||
            attributes.IsTrue("acl_group_enable") && !IsIn(attributes.List("acl_groups"), caller.Group);
        if (denied)
            throw refusal;
    }

    private static bool IsIn(IReadOnlyList<string> list, string name)
    {
        foreach (var entry in list)
        {
            var pattern = entry.TrimStart('+', '-');
            if (pattern == name || pattern == "*" || pattern.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(pattern[1..], StringComparison.Ordinal))
                return !entry.StartsWith('-');
        }
        return false;
    }

    private static void CheckType(JobWish wish, BatchQueue queue)
    {
        bool IsTrue(string name) => KnownAttributes.IsTrue(wish.Value(name));
        var interactive = wish.Value("interactive") is not null;
        foreach (var type in queue.Attributes.List("disallowed_types"))
        {
            switch (type)
            {
                case "interactive" when interactive:
                    throw new PbsException(PbsError.NoInteractiveJobs, "Queue does not allow interactive jobs");
                case "batch" when !interactive:
                    throw new PbsException(PbsError.NoBatchJobs, "Queue does not allow batch jobs");
                case "rerunable" when IsTrue("Rerunable"):
                    throw new PbsException(PbsError.NoRerunnableJobs, "Queue does not allow rerunable jobs");
                case "nonrerunable" when !IsTrue("Rerunable"):
                    throw new PbsException(PbsError.NoNonRerunnableJobs, "Queue does not allow nonrerunable jobs");
                case "fault_tolerant" when IsTrue("fault_tolerant"):
                    throw new PbsException(PbsError.NoFaultTolerantJobs, "Queue does not allow fault tolerant jobs");
                case "job_array" when wish.IsArray:
                    throw new PbsException(PbsError.NoJobArrays, "Queue does not allow job arrays");
            }
        }
    }

    private void CheckRoom(JobWish wish, BatchQueue queue, int jobs, int counted)
    {
        bool Over(int? limit, int has) => limit is { } most && has + jobs - counted > most;
        if (Over(queue.Attributes.Number("max_queuable"), queue.Unfinished))
            throw new PbsException(PbsError.QueueFull, "Maximum number of jobs already in queue");
        if (Over(queue.Attributes.Number("max_user_queuable"), queue.Users.GetValueOrDefault(wish.User).Unfinished) ||
            Over(_server.Number("max_user_queuable"), _users.GetValueOrDefault(wish.User).Unfinished))
        {
            throw new PbsException(PbsError.QueueFullForUser, "Maximum number of jobs already in queue for user");
        }
    }

    /// <summary>The user's resources with the queue's and the server's defaults, and the number of nodes.</summary>
    private (IReadOnlyList<JobAttribute> Resources, IReadOnlyList<string> Defaulted) WithDefaults(
        IReadOnlyList<JobAttribute> wished, BatchQueue queue)
    {
        List<JobAttribute> resources = [.. wished];
        List<string> defaulted = [];
        bool Has(string name) => resources.Exists(r => r.Resource == name);
        void Add(string name, string value)
        {
            resources.Add(new JobAttribute("Resource_List", name, value));
            defaulted.Add(name);
        }
        // Which nodes, in whatever words: then the default has nothing to say.
        var asksNodes = Has("nodes") || Has("select") || Has("procs") || Has("ncpus") || Has("size");
        resources.RemoveAll(r => r.Resource is "nodect" or "neednodes");
        void AddNodeCount()
        {
            if (!Has("nodect"))
                Add("nodect", ParsedResources.Of(resources).NodeCount.ToString(CultureInfo.InvariantCulture));
        }
        if (asksNodes)
            AddNodeCount();
        if (queue.IsRoute)
            return (resources, defaulted);
        foreach (var (name, value) in queue.Attributes.Resources("resources_default").Concat(_server.Resources("resources_default")))
        {
            if (!Has(name) && !(asksNodes && name is "nodes" or "select" or "procs" or "ncpus" or "size"))
                Add(name, value);
        }
        AddNodeCount();
        return (resources, defaulted);
    }

    private void CheckResources(BatchQueue queue, IReadOnlyList<JobAttribute> resources)
    {
        foreach (var resource in resources)
        {
            if (resource.Resource is not { } name || KnownResources.KindOf(name) is not { } kind)
                continue;
            CheckBound(name, kind, resource.Value, queue, "max", (has, bound) => has > bound);
            CheckBound(name, kind, resource.Value, queue, "min", (has, bound) => has < bound);
        }
        var slots = Parse(resources).Slots.ToString(CultureInfo.InvariantCulture);
        foreach (var name in (string[])["procct", "ncpus"])
        {
            if (resources.Any(r => r.Resource == name))
                continue;
            CheckBound(name, ResourceKind.Number, slots, queue, "max", (has, bound) => has > bound);
            CheckBound(name, ResourceKind.Number, slots, queue, "min", (has, bound) => has < bound);
        }
    }

    private void CheckBound(
        string name, ResourceKind kind, string value, BatchQueue queue, string side, Func<double, double, bool> isBeyond)
    {
        var attribute = $"resources_{side}.{name}";
        var (bound, of) = queue.Attributes.Text(attribute) is { } own ? (own, "queue") : (_server.Text(attribute), "server");
        if (bound is null)
            return;
        var (has, limit) = kind == ResourceKind.Text
            ? (FirstNumber(value), FirstNumber(bound))
            : (KnownResources.Measure(kind, value), KnownResources.Measure(kind, bound));
        if (has is { } x && limit is { } y && isBeyond(x, y))
            throw Refusal.Exceeds($"cannot satisfy {of} {side} {name} requirement");
    }

    /// <summary>Of <c>4:ppn=2</c> it is 4; 1 of a name.</summary>
    private static double? FirstNumber(string value) =>
        int.TryParse(value.Split(':', '+')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;

    private static long RouteRetryMs(BatchQueue queue) => (queue.Attributes.Number("route_retry_time") ?? RouteRetrySecondsDefault) * 1000L;

    /// <summary>Tries once more to pass on a job that waits in a routing queue.</summary>
    private void RouteAgain(Job job)
    {
        var queue = job.Queue;
        if (!queue.IsRoute || job.State == JobState.Complete || job.IsPlaced)
            return;
        var stays = !queue.IsStarted ||
            job.State == JobState.Held && !queue.Attributes.IsTrue("route_held_jobs") ||
            job.State == JobState.Waiting && !queue.Attributes.IsTrue("route_waiting_jobs");
        var passing = true;
        if (!stays)
        {
            (var found, passing) = FindRoute(WishOf(job), queue, 1);
            if (found is { } to)
            {
                MoveTo(job, to.Queue, to.Resources, to.Defaulted);
                return;
            }
        }
        var lifetime = queue.Attributes.Number("route_lifetime") ?? 0;
        if (!passing || lifetime > 0 && job.QueuedAt + lifetime * 1000L <= NowMs)
        {
            var why = passing
                ? "Time in Route Queue Expired"
                : "Job rejected by all possible destinations (check syntax, queue resources, ...)";
            Abort(job, why);
            return;
        }
        _deadlines.Enqueue((job.Id, Wake.Route), NowMs + RouteRetryMs(queue));
    }

    /// <summary>What a queued job would ask for in another queue.</summary>
    private static JobWish WishOf(Job job) => new(
        new Caller(-1, job.Form.User, job.Form.Group, null, false, job.Form.Owner.Split('@')[^1]), job.Form.User, job.Form.Group,
        job.Form.Attributes, [.. job.Form.Resources.Where(r => !job.Form.Defaulted.Contains(r.Resource!))], null, job.Array is not null);

    private void MoveTo(Job job, BatchQueue queue, IReadOnlyList<JobAttribute> resources, IReadOnlyList<string> defaulted)
    {
        Leave(job);
        job.Queue = queue;
        SetForm(job, With(job.Form, job.Form.Attributes, resources, defaulted));
        job.QueuedAt = NowMs;
        Touch(job);
        Begin(job);
        LogJob(job, $"enqueuing into {queue.Name}, state {(int)job.State} hop 1");
        Account(job, 'Q', $"queue={queue.Name}");
    }

    private JobForm With(
        JobForm form, IReadOnlyList<JobAttribute> attributes, IReadOnlyList<JobAttribute> resources, IReadOnlyList<string> defaulted) =>
        NewForm(form.Owner, form.User, form.Group, form.Script, form.Array, attributes, resources, defaulted);

    /// <summary>The job has to settle afterwards.</summary>
    private void SetForm(Job job, JobForm form)
    {
        // The form decides the job's place among those that may run.
        _ready.Remove(job);
        job.Form = form;
        job.Request = null;
        _changedForms.Add(job);
    }
}
