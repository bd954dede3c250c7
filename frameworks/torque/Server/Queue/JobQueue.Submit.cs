using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>Submission: everything is checked before anything is changed.</summary>
public sealed partial class JobQueue
{
    private Reply Submit(Caller caller, Request.Submit request)
    {
        if (caller.IsRoot && !IsListed("acl_roots", caller))
            throw new PbsException(PbsError.BadUser, "qsub can not be run as root");
        var range = RangeOf(request.Array);
        var queue = QueueOf(request.Destination);
        var wish = WishOf(caller, request, queue);
        var (target, resources, defaulted) = Admit(wish, queue, range?.Indices.Count ?? 1);
        var parents = ParseDependencies(wish.Depend, wish.User);

        var number = TakeNumber();
        var id = new JobId(number, null, range is not null);
        var script = KeepScript(request.Script);
        var form = NewForm($"{wish.User}@{caller.Host}", wish.User, wish.Group, script, request.Array,
            WithPaths(wish.Attributes, caller, number), resources, defaulted);
        Submission submission = range is not null
            ? new JobArray(id, form, target, range) { Range = request.Array! }
            : new Job(id, form, target);
        submission.Rank = ++_lastRank;
        submission.CreatedAt = NowMs;
        _jobs.Add(number, submission);
        _changedForms.Add(submission);
        Touch(submission);
        Connect(submission, parents);
        if (submission is JobArray array)
        {
            foreach (var element in array.Elements)
                BeginElement(array, element);
            foreach (var element in array.Elements)
                Begin(element);
        }
        else
        {
            var job = (Job)submission;
            job.QueuedAt = NowMs;
            job.Holds = HoldsOf(form);
            job.IsRouted = queue.IsRoute;
            Begin(job);
        }
        LogQueued(submission, caller);
        return new Reply(Id: Full(submission));
    }

    /// <summary>What an element has from its array until something happens to it.</summary>
    private static void BeginElement(JobArray array, Job element)
    {
        element.Queue = array.Queue;
        element.Rank = array.Rank;
        element.CreatedAt = element.ModifiedAt = element.QueuedAt = array.CreatedAt;
        element.Holds = HoldsOf(array.Form);
    }

    private void Begin(Job job)
    {
        Enter(job);
        Settle(job);
        if (job.Queue.IsRoute)
            _deadlines.Enqueue((job.Id, Wake.Route), NowMs + RouteRetryMs(job.Queue));
    }

    private static Holds HoldsOf(JobForm form) => HoldLetters.Parse(form.Value("Hold_Types") ?? "") ?? Holds.None;

    private int TakeNumber()
    {
        var number = _nextNumber;
        while (_jobs.ContainsKey(number))
            number = Next(number);
        _nextNumber = Next(number);
        _numberChanged = true;
        return number;
        static int Next(int number) => number >= JobId.NumberMax ? 0 : number + 1;
    }

    private ArrayRange? RangeOf(string? text)
    {
        if (text is null)
            return null;
        var range = ArrayRange.Parse(text) ?? throw Refusal.BadArray();
        if (_server.Number("max_job_array_size") is { } size && range.Indices.Count > size)
            throw new PbsException(PbsError.BadArrayRequest, $"Bad Job Array Request MSG=Requested array size too large, limit is {size}");
        CheckSlotLimit(range.SlotLimit);
        return range;
    }

    private void CheckSlotLimit(int? slots)
    {
        if (_server.Number("max_slot_limit") is { } limit && (slots ?? int.MaxValue) > limit)
            throw new PbsException(PbsError.BadArrayRequest, $"Bad Job Array Request MSG=Requested slot limit is too large, limit is {limit}");
    }

    /// <param name="destination">With or without this server's name behind it.</param>
    private BatchQueue QueueOf(string? destination)
    {
        var name = destination?.Split('@')[0] is { Length: > 0 } given ? given : _server.Text("default_queue");
        if (name is null)
            throw new PbsException(PbsError.NoDefaultQueue, "No default queue specified");
        return _queues.GetValueOrDefault(name) ?? throw Refusal.UnknownQueue();
    }

    /// <summary>The submission's own wishes, checked one by one.</summary>
    private JobWish WishOf(Caller caller, Request.Submit request, BatchQueue queue)
    {
        List<JobAttribute> attributes = [], resources = [];
        var (user, group) = (caller.User, caller.Group);
        string? depend = null;
        foreach (var given in request.Attributes)
        {
            if (given.Name == "Resource_List")
            {
                var value = KnownResources.Normalize("Resource_List", given.Resource ?? "", given.Value);
                resources.RemoveAll(r => r.Resource == given.Resource);
                resources.Add(given with { Value = value });
                continue;
            }
            KnownAttributes.Check(given.Name, given.Value);
            if (given.Name == "depend")
                depend = given.Value;
            else if (given.Name == "Hold_Types")
                CheckMayHold(caller, HoldLetters.Parse(given.Value)!.Value);
            if (given.Name == "proxy_user" && IsManager(caller))
                (user, group) = (given.Value.Split(':')[0], "");
            if (given.Name == "depend" || KnownAttributes.IsOwn(given.Name))
                continue;
            attributes.RemoveAll(a => a.Name == given.Name);
            attributes.Add(given with { Resource = null });
        }
        foreach (var (name, value) in KnownAttributes.Defaults)
        {
            if (!attributes.Exists(a => a.Name == name))
                attributes.Add(new JobAttribute(name, null, value));
        }
        var list = attributes.Find(a => a.Name == "Variable_List")?.Value;
        var variables = VariableList.Parse(list ?? "");
        attributes.RemoveAll(a => a.Name == "Variable_List");
        attributes.Add(new JobAttribute("Variable_List", null, string.Join(',',
            new[] { $"PBS_O_QUEUE={queue.Name}", list, $"PBS_O_SERVER={_options.Server}" }.Where(v => !string.IsNullOrEmpty(v)))));
        AddMissing(attributes, "submit_host", variables.GetValueOrDefault("PBS_O_HOST") ?? caller.Host);
        AddMissing(attributes, "init_work_dir", variables.GetValueOrDefault("PBS_O_WORKDIR") ?? caller.Home ?? "/");
        AddMissing(attributes, "Job_Name", "STDIN");
        return new JobWish(caller, user, group, attributes, resources, depend, request.Array is not null);
    }

    private static void AddMissing(List<JobAttribute> attributes, string name, string value)
    {
        if (!attributes.Exists(a => a.Name == name))
            attributes.Add(new JobAttribute(name, null, value));
    }

    /// <summary>Output goes where the job was submitted, unless another place was named.</summary>
    private static IEnumerable<JobAttribute> WithPaths(IReadOnlyList<JobAttribute> attributes, Caller caller, int number)
    {
        string? Get(string name) => attributes.FirstOrDefault(a => a.Name == name)?.Value;
        var variables = VariableList.Parse(Get("Variable_List") ?? "");
        var host = variables.GetValueOrDefault("PBS_O_HOST") ?? caller.Host;
        var directory = variables.GetValueOrDefault("PBS_O_WORKDIR") ?? caller.Home ?? "";
        JobAttribute Path(string name, char letter)
        {
            var file = $"{Get("Job_Name")}.{letter}{number}";
            var path = Get(name) ?? $"{host}:{directory}/";
            return new JobAttribute(name, null, path.EndsWith('/') ? path + file : path);
        }
        return [.. attributes.Where(a => a.Name is not ("Output_Path" or "Error_Path")), Path("Error_Path", 'e'), Path("Output_Path", 'o')];
    }
}

/// <summary>A submission before a queue has taken it.</summary>
/// <param name="Resources">Those the user named.</param>
internal sealed record JobWish(
    Caller Caller, string User, string Group, IReadOnlyList<JobAttribute> Attributes, IReadOnlyList<JobAttribute> Resources,
    string? Depend, bool IsArray)
{
    public string? Value(string name) => Attributes.FirstOrDefault(a => a.Name == name)?.Value;
}
