using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>What is shown of jobs, queues and the server.</summary>
public sealed partial class JobQueue
{
    private static readonly string[] StateNames = ["Transit", "Queued", "Held", "Waiting", "Running", "Exiting", "Complete"];

    private static readonly JobAttribute[] StateLetters = [.. "TQHWREC".Select(c => new JobAttribute("job_state", null, $"{c}"))];

    private static readonly JobAttribute Suspended = new("job_state", null, "S");

    private Reply Status(Caller caller, Request.Status request) => request.Of switch
    {
        StatusOf.Jobs => StatusOfJobs(caller, request),
        StatusOf.Queues => StatusOfQueues(request),
        StatusOf.Server => new Reply(Records: [Wanted(RecordOfServer(), request.Attributes)]),
        _ => throw new ArgumentException("nodes are not the queue's", nameof(request)),
    };

    private Reply StatusOfJobs(Caller caller, Request.Status request)
    {
        var columns = ColumnsOf(request.Attributes);
        var seesAll = _server.IsTrue("query_other_jobs") || IsOperator(caller);
        var view = new View(IsManager(caller), NowMs);
        List<StatusRecord> records = [];
        if (request.Names.Count == 0)
        {
            foreach (var submission in _jobs.Values)
            {
                if (seesAll || IsOwner(caller, submission))
                    AddRecords(records, submission, request.ExpandArrays, columns, view);
            }
            return new Reply(Records: records);
        }
        PbsException? refusal = null;
        foreach (var name in request.Names)
        {
            try
            {
                AddNamed(records, name, request, caller, columns, view);
            }
            catch (PbsException e)
            {
                refusal = e;
            }
        }
        return new Reply(refusal?.Error ?? PbsError.None, refusal?.Message, Records: records);
    }

    private void AddNamed(
        List<StatusRecord> records, string name, Request.Status request, Caller caller, Column[] columns, View view)
    {
        if (name.Length > 0 && !char.IsAsciiDigit(name[0]))
        {
            var queue = _queues.GetValueOrDefault(name.Split('@')[0]) ?? throw new PbsException(PbsError.UnknownQueue, "Unknown queue destination");
            foreach (var submission in _jobs.Values)
            {
                if (submission.Queue == queue && MaySee(caller, submission))
                    AddRecords(records, submission, request.ExpandArrays, columns, view);
            }
            return;
        }
        var job = FindNamed(name);
        if (!MaySee(caller, job))
            throw Refusal.NotOwner();
        AddRecords(records, job, request.ExpandArrays, columns, view);
    }

    private void AddRecords(List<StatusRecord> records, Submission submission, bool expand, Column[] columns, View view)
    {
        if (!expand || submission is not JobArray array)
        {
            records.Add(RecordOf(submission, columns, view));
            return;
        }
        foreach (var element in array.Elements)
            records.Add(RecordOf(element, columns, view));
    }

    private StatusRecord RecordOf(Submission submission, Column[] columns, View view)
    {
        var attributes = new List<JobAttribute>(columns.Length);
        foreach (var column in columns)
            column.Add(this, submission, view, attributes);
        return new StatusRecord(Full(submission), attributes);
    }

    private static StatusRecord Wanted(StatusRecord record, IReadOnlyList<string> names) =>
        names.Count == 0 ? record : record with { Attributes = [.. record.Attributes.Where(a => names.Contains(a.Name))] };

    private Reply StatusOfQueues(Request.Status request)
    {
        if (request.Names.Count == 0)
            return new Reply(Records: [.. _queues.Values.Select(q => Wanted(RecordOfQueue(q), request.Attributes))]);
        List<StatusRecord> records = [];
        string? unknown = null;
        foreach (var name in request.Names)
        {
            if (_queues.TryGetValue(name.Split('@')[0], out var queue))
                records.Add(Wanted(RecordOfQueue(queue), request.Attributes));
            else
                unknown ??= name;
        }
        return unknown is null
            ? new Reply(Records: records)
            : new Reply(PbsError.UnknownQueue, $"Unknown queue MSG=cannot locate queue {unknown}", Records: records);
    }

    private static string CountsText(int[] counts) =>
        string.Concat(counts.Select((n, i) => string.Create(CultureInfo.InvariantCulture, $"{StateNames[i]}:{n} ")));

    private static StatusRecord RecordOfQueue(BatchQueue queue)
    {
        List<JobAttribute> attributes = [];
        void Add(string name, string? value, string? resource = null)
        {
            if (value is not null)
                attributes.Add(new JobAttribute(name, resource, value));
        }
        Add("queue_type", queue.Attributes.Text("queue_type"));
        Add("Priority", queue.Attributes.Text("Priority"));
        Add("total_jobs", $"{queue.Total}");
        Add("state_count", CountsText(queue.Counts));
        foreach (var (name, value) in queue.Attributes.All)
        {
            if (name is "queue_type" or "Priority" or "enabled" or "started")
                continue;
            var dot = name.IndexOf('.');
            Add(dot < 0 ? name : name[..dot], value, dot < 0 ? null : name[(dot + 1)..]);
        }
        Add("mtime", Seconds(queue.ModifiedAt));
        if (queue.AssignedNodes > 0)
            Add("resources_assigned", $"{queue.AssignedNodes}", "nodect");
        Add("enabled", queue.IsEnabled ? "True" : "False");
        Add("started", queue.IsStarted ? "True" : "False");
        return new StatusRecord(queue.Name, attributes);
    }

    private StatusRecord RecordOfServer()
    {
        List<JobAttribute> attributes =
        [
            new("server_state", null, IsScheduling ? "Active" : "Idle"),
            new("scheduling", null, IsScheduling ? "True" : "False"),
            new("total_jobs", null, $"{_counts.Sum()}"),
            new("state_count", null, CountsText(_counts)),
        ];
        foreach (var (name, value) in _server.All)
        {
            var dot = name.IndexOf('.');
            if (name != "scheduling")
                attributes.Add(new JobAttribute(dot < 0 ? name : name[..dot], dot < 0 ? null : name[(dot + 1)..], value));
        }
        var nodes = _queues.Values.Sum(q => q.AssignedNodes);
        if (nodes > 0)
            attributes.Add(new JobAttribute("resources_assigned", "nodect", $"{nodes}"));
        attributes.Add(new JobAttribute("next_job_number", null, $"{_nextNumber}"));
        return new StatusRecord(_options.Server, attributes);
    }

    /// <summary>Who looks, and when.</summary>
    private readonly record struct View(bool IsManager, long NowMs);

    /// <summary>One attribute as it is shown: adds it, if the job has it.</summary>
    private sealed record Column(string Name, Action<JobQueue, Submission, View, List<JobAttribute>> Add);

    private static Column[] ColumnsOf(IReadOnlyList<string> names) =>
        names.Count == 0 ? Columns : [.. Columns.Where(c => names.Contains(c.Name))];

    /// <summary>In the original's order.</summary>
    private static readonly Column[] Columns =
    [
        new("Job_Name", (_, s, _, to) => to.Add(
            s is Job { Array: not null } job ? new JobAttribute("Job_Name", null, job.Name) : s.Form.Attribute("Job_Name")!)),
        new("Job_Owner", (_, s, _, to) => to.Add(s.Form.OwnerAttribute)),
        new("resources_used", (_, s, _, to) => AddUsage(s, to)),
        new("job_state", (queue, s, _, to) => to.Add(
            s is Job { State: JobState.Running, IsSuspended: true } ? Suspended : StateLetters[(int)queue.Shown(s)])),
        new("queue", (_, s, _, to) => to.Add(s.Queue.Shown)),
        new("server", (queue, _, _, to) => to.Add(queue._serverAttribute)),
        OfForm("Account_Name"),
        OfForm("Checkpoint"),
        OfTime("ctime", s => s.CreatedAt),
        OfText("depend", (queue, s) => queue.DependOf(s)),
        OfText("Error_Path", (_, s) => s is Job job ? PathOf(job, "Error_Path") : s.Form.Value("Error_Path")),
        OfText("exec_host", (_, s) => (s as Job)?.ExecHost),
        OfForm("Execution_Time"),
        OfForm("group_list"),
        OfText("Hold_Types", (_, s) => s is Job job
            ? HoldLetters.Format(job.Holds, job.State == JobState.Held && job.WaitsForOthers, job.IsBeyondSlots)
            : HoldLetters.Format(HoldsOf(s.Form), s.Waits, false)),
        OfText("interactive", (_, s) => s.Form.Value("interactive") is null ? null : "True"),
        OfForm("Join_Path"),
        OfForm("Keep_Files"),
        OfForm("Mail_Points"),
        OfForm("Mail_Users"),
        OfTime("mtime", s => s.ModifiedAt),
        OfText("Output_Path", (_, s) => s is Job job ? PathOf(job, "Output_Path") : s.Form.Value("Output_Path")),
        OfForm("Priority"),
        OfTime("qtime", s => s is Job job ? job.QueuedAt : s.CreatedAt),
        OfForm("Rerunable"),
        new("Resource_List", (_, s, _, to) => to.AddRange(s.Form.Resources)),
        OfText("session_id", (_, s) => s is Job { ExecHost: not null, StartedAt: > 0 } job ? $"{job.Session}" : null),
        OfForm("Shell_Path_List"),
        OfForm("stagein"),
        OfForm("stageout"),
        new("substate", (_, s, view, to) =>
        {
            if (view.IsManager && s is Job job)
                to.Add(new JobAttribute("substate", null, $"{job.Substate}"));
        }),
        OfForm("User_List"),
        OfText("Variable_List", (_, s) => s.Id.Index is { } index ? $"PBS_ARRAYID={index},{s.Form.Value("Variable_List")}" : s.Form.Value("Variable_List")),
        OfText("euser", (_, s) => s.Form.User),
        OfText("egroup", (_, s) => s.Form.Group is { Length: > 0 } group ? group : null),
        OfText("queue_type", (_, s) => s.Queue.IsRoute ? "R" : "E"),
        OfText("comment", (_, s) => (s as Job)?.Comment),
        OfTime("etime", s => (s as Job)?.EligibleAt ?? 0),
        OfText("exit_status", (_, s) => (s as Job)?.ExitStatus is { } status ? $"{status}" : null),
        OfForm("submit_args"),
        OfText("job_array_id", (_, s) => s.Id.Index is { } index ? $"{index}" : null),
        OfText("job_array_request", (_, s) => (s as JobArray)?.Request),
        OfForm("umask"),
        OfForm("job_arguments"),
        OfTime("start_time", s => (s as Job)?.StartedAt ?? 0),
        new("Walltime", (_, s, view, to) =>
        {
            if (s is Job { State: JobState.Running, StartedAt: > 0, Form.Parsed.Walltime: { } walltime } job)
                to.Add(new JobAttribute("Walltime", "Remaining", $"{(long)walltime.TotalSeconds - (view.NowMs - job.StartedAt) / 1000}"));
        }),
        OfText("start_count", (_, s) => s is Job { StartCount: > 0 } job ? $"{job.StartCount}" : null),
        OfForm("fault_tolerant"),
        OfTime("comp_time", s => (s as Job)?.CompletedAt ?? 0),
        OfForm("job_radix"),
        OfText("total_runtime", (_, s) => s is Job { CompletedAt: > 0, StartedAt: > 0 } job
            ? ((job.CompletedAt - job.StartedAt) / 1000.0).ToString("F6", CultureInfo.InvariantCulture)
            : null),
        OfForm("submit_host"),
        OfForm("init_work_dir"),
        OfForm("user_kill_delay"),
        OfForm("idle_slot_limit"),
        OfForm("x"),
        OfForm("request_version"),
    ];

    private static Column OfForm(string name) => new(name, (_, s, _, to) =>
    {
        if (s.Form.Attribute(name) is { } attribute)
            to.Add(attribute);
    });

    private static Column OfText(string name, Func<JobQueue, Submission, string?> text) => new(name, (queue, s, _, to) =>
    {
        if (text(queue, s) is { } value)
            to.Add(new JobAttribute(name, null, value));
    });

    private static Column OfTime(string name, Func<Submission, long> ms) => new(name, (_, s, _, to) =>
    {
        if (ms(s) is var at and > 0)
            to.Add(new JobAttribute(name, null, Seconds(at)));
    });

    /// <summary>Where the site wants it so, elements beyond the slot limit are shown as queued.</summary>
    private JobState Shown(Submission submission) => submission is Job { IsBeyondSlots: true } &&
        _server.Text("moab_array_compatible") is { } text && !KnownAttributes.IsTrue(text) ? JobState.Queued : StateOf(submission);

    private static void AddUsage(Submission submission, List<JobAttribute> to)
    {
        if (submission is not Job { Usage: { } used })
            return;
        void Add(string resource, string value) => to.Add(new JobAttribute("resources_used", resource, value));
        Add("cput", PbsTime.Format(TimeSpan.FromSeconds(used.CputSeconds)));
        Add("energy_used", "0");
        Add("mem", PbsSize.Kilobytes(used.MemBytes));
        Add("vmem", PbsSize.Kilobytes(used.VmemBytes));
        Add("walltime", PbsTime.Format(TimeSpan.FromSeconds(used.WalltimeSeconds)));
    }
}
