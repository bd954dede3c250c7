using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>Altering jobs: less of it while they run.</summary>
public sealed partial class JobQueue
{
    private static readonly HashSet<string> AlterableWhileRunning =
        ["Job_Name", "Mail_Points", "Mail_Users", "comment", "Hold_Types", "Rerunable", "Account_Name", "x"];

    /// <summary>Limits the moms keep, and the operator's alone to raise in the original.</summary>
    private static readonly HashSet<string> ResourcesWhileRunning = ["walltime", "cput", "pcput", "mem", "pmem", "vmem", "pvmem"];

    private Reply Alter(Caller caller, Request.Alter request)
    {
        var named = FindNamed(request.Job);
        CheckMayChange(caller, named);
        var (range, slots) = SplitSlots(request.Array);
        var members = Members(named, range);
        members.RemoveAll(j => j.State == JobState.Complete);
        if (members.Count == 0)
            throw Refusal.BadState(JobState.Complete);
        if (slots is not null && named is not JobArray)
            throw Refusal.BadArray();
        CheckSlotLimit(slots ?? 0);
        var change = ChangeOf(caller, named, members, request.Attributes);

        if (slots is not null)
            SetSlots((JobArray)named, slots.Value);
        if (change.Parents is { } parents)
        {
            var target = range is null ? named : members[0];
            Disconnect(target);
            Connect(target, parents);
            Touch(target);
        }
        ApplyForm(named, range, members, change);
        // A slot limit is the array's: its elements have nothing to write down of it.
        foreach (var job in request.Attributes.Count > 0 ? members.AsEnumerable().Reverse() : [])
            Apply(caller, job, change);
        return new Reply();
    }

    /// <summary>What is asked for, checked.</summary>
    private sealed record Change(
        IReadOnlyList<JobAttribute> Attributes, IReadOnlyList<JobAttribute> Resources, Holds? Holds, string? Comment, Parents? Parents)
    {
        public bool TouchesForm => Attributes.Count + Resources.Count > 0;
    }

    private Change ChangeOf(Caller caller, Submission named, List<Job> members, IReadOnlyList<JobAttribute> asked)
    {
        var runs = members.Exists(j => j.IsPlaced);
        List<JobAttribute> attributes = [], resources = [];
        Holds? holds = null;
        string? comment = null;
        Parents? parents = null;
        foreach (var given in asked)
        {
            if (given.Name == "Resource_List")
            {
                var name = $"Resource_List.{given.Resource}";
                var value = KnownResources.Normalize("Resource_List", given.Resource ?? "", given.Value);
                if (given.Resource is "nodect" or "neednodes")
                    throw Refusal.ReadOnly(name);
                if (runs && !ResourcesWhileRunning.Contains(given.Resource!))
                    throw Refusal.WhileRunning(name);
                resources.Add(given with { Value = value });
                continue;
            }
            KnownAttributes.Check(given.Name, given.Value);
            if (KnownAttributes.IsOwn(given.Name) || given.Name is "interactive" or "proxy_user")
                throw Refusal.ReadOnly(given.Name);
            if (runs && !AlterableWhileRunning.Contains(given.Name))
                throw Refusal.WhileRunning(given.Name);
            switch (given.Name)
            {
                case "Hold_Types":
                    holds = HoldLetters.Parse(given.Value)!.Value;
                    foreach (var job in members)
                        CheckMayHold(caller, job.Holds ^ holds.Value);
                    break;
                case "comment":
                    CheckOperator(caller);
                    comment = given.Value;
                    break;
                case "depend":
                    parents = ParseDependencies(given.Value, named.Form.User);
                    if (parents.Own.Any(d => d.Parent == named.Id || d.Parent?.Number == named.Id.Number && named is JobArray) ||
                        parents.Children.Any(c => c.Child == named))
                    {
                        throw Refusal.BadDependency();
                    }
                    break;
                default:
                    attributes.Add(given with { Resource = null });
                    break;
            }
        }
        var change = new Change(attributes, resources, holds, comment, parents);
        if (resources.Count > 0)
        {
            // What queue and cluster would refuse of a new job they refuse here.
            foreach (var form in members.Select(j => j.Form).Distinct())
            {
                var altered = Altered(form, change);
                CheckResources(members[0].Queue, altered.Resources);
                if (!runs && !_options.IsFeasible(altered.Parsed.Nodes))
                    throw Refusal.Exceeds("cannot locate feasible nodes (nodes file is empty, all systems are busy, or no nodes have the requested feature)");
            }
        }
        return change;
    }

    /// <summary>The array's own form where all of it is altered: its elements go on sharing one.</summary>
    private void ApplyForm(Submission named, string? range, List<Job> members, Change change)
    {
        if (!change.TouchesForm)
            return;
        if (named is JobArray array && range is null)
        {
            var before = array.Form;
            array.Form = Altered(before, change);
            _changedForms.Add(array);
            Touch(array);
            foreach (var element in array.Elements)
            {
                if (element.State == JobState.Complete || !ReferenceEquals(element.Form, before))
                    continue;
                _ready.Remove(element);
                element.Form = array.Form;
                element.Request = null;
            }
            members = members.FindAll(j => !ReferenceEquals(j.Form, array.Form));
        }
        Dictionary<JobForm, JobForm> altered = [];
        foreach (var job in members)
        {
            if (!altered.TryGetValue(job.Form, out var form))
                altered.Add(job.Form, form = Altered(job.Form, change));
            SetForm(job, form);
        }
    }

    private void Apply(Caller caller, Job job, Change change)
    {
        if (change.Holds is { } holds)
            job.Holds = holds;
        if (change.Comment is { } comment)
            job.Comment = comment;
        Touch(job);
        LogJob(job, $"Job Modified at request of {caller.Name}");
        if (!job.IsPlaced)
        {
            Settle(job);
            return;
        }
        if (change.Resources.Count == 0)
            return;
        foreach (var share in job.Hosting!.Shares)
            _effects.Add(new QueueEffect.Order(share.Node, new MomOrder.Limit(Full(job), job.Run, job.Form.Parsed.Limits)));
    }

    private JobForm Altered(JobForm form, Change change)
    {
        List<JobAttribute> attributes = [.. form.Attributes], resources = [.. form.Resources];
        foreach (var attribute in change.Attributes)
            Put(attributes, attribute);
        foreach (var resource in change.Resources)
            Put(resources, resource);
        List<string> defaulted = [.. form.Defaulted.Where(d => !change.Resources.Any(r => r.Resource == d))];
        if (change.Resources.Any(r => r.Resource is "nodes" or "select" or "procs" or "ncpus" or "size"))
        {
            // A default for the nodes does not stand against what is asked for now.
            resources.RemoveAll(r => defaulted.Contains(r.Resource!) && r.Resource is "nodes" or "select" or "procs" or "ncpus" or "size");
            var count = ParsedResources.Of(resources).NodeCount;
            Put(resources, new JobAttribute("Resource_List", "nodect", $"{count}"));
        }
        return With(form, attributes, resources, defaulted);
    }

    private static void Put(List<JobAttribute> list, JobAttribute attribute)
    {
        var at = list.FindIndex(a => a.Name == attribute.Name && a.Resource == attribute.Resource);
        if (at < 0)
            list.Add(attribute);
        else
            list[at] = attribute;
    }

    /// <summary>Takes <c>%4</c> off <c>1-9%4</c>; the range is null where only the limit is given.</summary>
    private static (string? Range, int? Slots) SplitSlots(string? text)
    {
        if (text?.IndexOf('%') is not { } percent || percent < 0)
            return (text, null);
        return int.TryParse(text.AsSpan(percent + 1), out var slots) && slots > 0
            ? (percent == 0 ? null : text[..percent], slots)
            : throw Refusal.BadArray();
    }

    private void SetSlots(JobArray array, int slots)
    {
        array.SlotLimit = slots;
        Touch(array);
        TakeBackSlots(array);
        FillSlots(array);
    }
}
