using System.Security.Cryptography;
using System.Text.Json;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>What goes to the store, and how all of it comes back.</summary>
public sealed partial class JobQueue
{
    private const int PoolMax = 4096;
    private const int ReadScriptsMax = 16;

    /// <summary>Scripts by digest, and how many forms have each: the same script is often submitted many times.</summary>
    private readonly Dictionary<string, (string Digest, byte[]? Text, int Uses)> _scripts = [];
    private readonly List<StoredScript> _newScripts = [];

    /// <summary>Given to the store the last time; once more is asked for, they are on disk.</summary>
    private readonly List<string> _savedScripts = [];
    private readonly HashSet<string> _unusedScripts = [];

    /// <summary>Scripts read again, by digest: elements of an array have the same one, and start one after the other.</summary>
    private readonly Dictionary<string, byte[]> _readScripts = [];

    private readonly HashSet<Submission> _changedForms = [];
    private readonly HashSet<Submission> _changed = [];
    private readonly List<JobId> _gone = [];
    private readonly List<JobId> _goneElements = [];
    private bool _settingsChanged;
    private bool _numberChanged;

    /// <summary>Attributes and requests that many jobs have alike are kept once.</summary>
    private readonly Dictionary<JobAttribute, JobAttribute> _attributePool = [];
    private readonly Dictionary<string, ParsedResources> _parsedPool = [];
    private readonly Dictionary<string, string[]> _defaultedPool = [];

    /// <summary>What has to be written since the last time; that was written before more is asked for.</summary>
    public QueueChanges TakeChanges()
    {
        List<StoredJob> states = new(_changed.Count + _goneElements.Count);
        foreach (var job in _changed)
            states.Add(new StoredJob(job.Id, JsonSerializer.SerializeToUtf8Bytes(RecordOf(job), StoredJson.Default.JobRecord)));
        foreach (var id in _goneElements)
            states.Add(new StoredJob(id, []));
        _unusedScripts.RemoveWhere(_scripts.ContainsKey);
        var changes = new QueueChanges(
            [.. _newScripts.Where(s => _scripts.ContainsKey(s.Digest))], [.. _unusedScripts],
            [.. _changedForms.Select(s => new StoredForm(s.Id, JsonSerializer.SerializeToUtf8Bytes(RecordOf(s.Form), StoredJson.Default.FormRecord)))],
            states, [.. _gone],
            _settingsChanged ? JsonSerializer.Serialize(RecordOfSettings(), StoredJson.Default.SettingsRecord) : null,
            _numberChanged ? _nextNumber : null);
        DropSavedScripts();
        _savedScripts.AddRange(changes.Scripts.Select(s => s.Digest));
        _newScripts.Clear();
        _unusedScripts.Clear();
        _changedForms.Clear();
        _changed.Clear();
        _gone.Clear();
        _goneElements.Clear();
        _settingsChanged = _numberChanged = false;
        return changes;
    }

    private void Touch(Submission job)
    {
        job.ModifiedAt = NowMs;
        _changed.Add(job);
    }

    /// <summary>The job is forgotten, an array with all its elements.</summary>
    private void Forget(Submission job)
    {
        if (job is JobArray array)
        {
            foreach (var element in array.Elements)
                ForgetElement(array, element);
        }
        else
        {
            Leave((Job)job);
        }
        _jobs.Remove(job.Id.Number);
        Drop(job);
        ReleaseScript(job.Form.Script);
        _gone.Add(job.Id);
        _goneElements.RemoveAll(id => id.Number == job.Id.Number);
    }

    private void ForgetElement(JobArray array, Job element)
    {
        Leave(element);
        Drop(element);
        array.Forget(element.Id.Index!.Value);
    }

    private void Drop(Submission job)
    {
        _changed.Remove(job);
        _changedForms.Remove(job);
    }

    private string KeepScript(byte[] text)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(text));
        if (_scripts.TryGetValue(digest, out var kept))
        {
            _scripts[digest] = kept with { Uses = kept.Uses + 1 };
            return kept.Digest;
        }
        _scripts.Add(digest, (digest, text, 1));
        _newScripts.Add(new StoredScript(digest, text));
        return digest;
    }

    private void DropSavedScripts()
    {
        if (_options.ReadScript is not null)
        {
            foreach (var digest in _savedScripts)
            {
                if (_scripts.TryGetValue(digest, out var kept) && !_newScripts.Exists(s => s.Digest == digest))
                    _scripts[digest] = kept with { Text = null };
            }
        }
        _savedScripts.Clear();
    }

    private byte[] ScriptOf(JobForm form)
    {
        if ((_scripts[form.Script].Text ?? _readScripts.GetValueOrDefault(form.Script)) is { } known)
            return known;
        if (_readScripts.Count == ReadScriptsMax)
            _readScripts.Clear();
        return _readScripts[form.Script] = _options.ReadScript!(form.Script);
    }

    /// <summary>The digest as the script has it, rather than one more copy.</summary>
    private string SharedDigest(string digest) => _scripts.TryGetValue(digest, out var kept) ? kept.Digest : digest;

    private void ReleaseScript(string digest)
    {
        if (!_scripts.TryGetValue(digest, out var kept))
            return;
        if (kept.Uses > 1)
        {
            _scripts[digest] = kept with { Uses = kept.Uses - 1 };
            return;
        }
        _scripts.Remove(digest);
        _unusedScripts.Add(digest);
    }

    private JobAttribute Pooled(JobAttribute attribute)
    {
        // Names are known ones, since others are refused; so there are few.
        attribute = attribute with { Name = string.Intern(attribute.Name), Resource = attribute.Resource is { } resource ? string.Intern(resource) : null };
        if (attribute.Name is "Job_Name" or "Error_Path" or "Output_Path" or "submit_args")
            return attribute;
        if (_attributePool.TryGetValue(attribute, out var known))
            return known;
        if (_attributePool.Count >= PoolMax)
            _attributePool.Clear();
        _attributePool.Add(attribute, attribute);
        return attribute;
    }

    private JobForm NewForm(
        string owner, string user, string group, string script, string? array, IEnumerable<JobAttribute> attributes,
        IEnumerable<JobAttribute> resources, IReadOnlyList<string> defaulted)
    {
        var key = string.Join(' ', defaulted);
        if (!_defaultedPool.TryGetValue(key, out var known))
            _defaultedPool.Add(key, known = [.. defaulted.Select(string.Intern)]);
        return new JobForm(string.Intern(owner), string.Intern(user), string.Intern(group), script, array,
            [.. attributes.Select(Pooled)], [.. resources.Select(Pooled)], known, Parse);
    }

    /// <exception cref="PbsException">They contradict each other or are not understood.</exception>
    private ParsedResources Parse(IReadOnlyList<JobAttribute> resources)
    {
        var key = string.Join('\n', resources.Select(r => $"{r.Resource}={r.Value}"));
        if (_parsedPool.TryGetValue(key, out var known))
            return known;
        if (_parsedPool.Count >= PoolMax)
            _parsedPool.Clear();
        return _parsedPool[key] = ParsedResources.Of(resources);
    }

    private static FormRecord RecordOf(JobForm form)
    {
        List<string> attributes = [];
        foreach (var attribute in form.Attributes)
            attributes.AddRange([attribute.Name, attribute.Value]);
        foreach (var resource in form.Resources)
            attributes.AddRange([$"Resource_List.{resource.Resource}", resource.Value]);
        return new FormRecord(form.Owner, form.User, form.Group, form.Script, form.Array, attributes, form.Defaulted);
    }

    private JobForm FormOf(FormRecord record)
    {
        const string Resource = "Resource_List.";
        List<JobAttribute> attributes = [], resources = [];
        for (var i = 0; i + 1 < record.Attributes.Count; i += 2)
        {
            var (name, value) = (record.Attributes[i], record.Attributes[i + 1]);
            if (name.StartsWith(Resource, StringComparison.Ordinal))
                resources.Add(new JobAttribute("Resource_List", name[Resource.Length..], value));
            else
                attributes.Add(new JobAttribute(name, null, value));
        }
        return NewForm(record.Owner, record.User, record.Group, SharedDigest(record.Script), record.Array, attributes, resources, record.Defaulted);
    }

    private static JobRecord RecordOf(Submission submission)
    {
        var record = new JobRecord
        {
            Queue = submission.Queue.Name,
            Rank = submission.Rank,
            CreatedAt = submission.CreatedAt,
            ModifiedAt = submission.ModifiedAt,
            Depends = submission.Depends is { Count: > 0 } depends ? [.. depends.Select(d => d.ToString())] : null,
        };
        if (submission is JobArray array)
            return record with { SlotLimit = array.SlotLimit, GoneSucceeded = array.GoneSucceeded, GoneEnded = array.GoneEnded };
        var job = (Job)submission;
        return record with
        {
            Holds = job.Holds,
            Ending = job.Ending,
            IsSuspended = job.IsSuspended,
            IsRouted = job.IsRouted,
            Run = job.Run,
            StartCount = job.StartCount,
            QueuedAt = job.QueuedAt,
            EligibleAt = job.EligibleAt,
            StartedAt = job.StartedAt,
            CompletedAt = job.CompletedAt,
            ExitStatus = job.ExitStatus,
            Comment = job.Comment,
            Hosting = job.Hosting,
            ExecHost = job.ExecHost,
            Usage = job.Usage,
            Session = job.Session,
        };
    }

    private SettingsRecord RecordOfSettings() => new(
        Flat(_server), [.. _queues.Values.Select(q => new QueueRecord(q.Name, q.ModifiedAt, Flat(q.Attributes)))], _nodes);

    private static List<string> Flat(AttributeSet attributes)
    {
        List<string> flat = [];
        foreach (var (name, value) in attributes.All)
            flat.AddRange([name, value]);
        return flat;
    }

    private static void Fill(AttributeSet attributes, IReadOnlyList<string> flat)
    {
        for (var i = 0; i + 1 < flat.Count; i += 2)
            attributes.Set(flat[i], flat[i + 1]);
    }

    private void Restore(QueueState stored)
    {
        var settings = JsonSerializer.Deserialize(stored.Settings, StoredJson.Default.SettingsRecord)
            ?? throw new JsonException("no settings");
        Fill(_server, settings.Server);
        foreach (var record in settings.Queues)
        {
            var queue = new BatchQueue(record.Name) { ModifiedAt = record.ModifiedAt };
            Fill(queue.Attributes, record.Attributes);
            _queues.Add(queue.Name, queue);
        }
        foreach (var (name, node) in settings.Nodes)
            _nodes.Add(name, node);
        _nextNumber = stored.NextNumber;

        foreach (var script in stored.Scripts)
            _scripts[script.Digest] = (script.Digest, _options.ReadScript is null ? script.Text : null, 0);
        Dictionary<JobId, JobRecord> states = new(stored.States.Count);
        foreach (var state in stored.States)
        {
            if (state.Json.Length > 0)
                states.Add(state.Id, JsonSerializer.Deserialize(state.Json, StoredJson.Default.JobRecord) ?? throw new JsonException($"no state of {state.Id}"));
        }
        // Arrays come before their elements.
        foreach (var form in stored.Forms.OrderBy(f => f.Id))
            RestoreForm(form, states);
        foreach (var state in stored.States)
        {
            if (state.Json.Length == 0 && Find(state.Id.Array) is JobArray array)
                array.Forget(state.Id.Index ?? -1);
        }
        foreach (var submission in _jobs.Values)
            RestoreStates(submission, states);
        RestoreMirrors();
        foreach (var submission in _jobs.Values)
        {
            _lastRank = Math.Max(_lastRank, submission.Rank);
            SettleAll(submission);
        }
        SpreadNews();
    }

    private void RestoreForm(StoredForm stored, Dictionary<JobId, JobRecord> states)
    {
        var form = FormOf(JsonSerializer.Deserialize(stored.Json, StoredJson.Default.FormRecord) ?? throw new JsonException($"no form of {stored.Id}"));
        if (stored.Id.Index is { } index)
        {
            if (Find(stored.Id.Array) is JobArray array && array.Element(index) is { } element)
                element.Form = form;
            return;
        }
        var record = states[stored.Id];
        var queue = _queues[record.Queue];
        Submission submission = form.Array is { } range
            ? new JobArray(stored.Id, form, queue, ArrayRange.Parse(range)!) { Range = range }
            : new Job(stored.Id, form, queue);
        submission.Rank = record.Rank;
        _jobs.Add(stored.Id.Number, submission);
    }

    private void RestoreStates(Submission submission, Dictionary<JobId, JobRecord> states)
    {
        CountScript(submission.Form.Script);
        var record = states[submission.Id];
        Restore(submission, record);
        if (submission is not JobArray array)
        {
            Restore((Job)submission, record);
            return;
        }
        array.SlotLimit = record.SlotLimit;
        array.GoneSucceeded = record.GoneSucceeded;
        array.GoneEnded = array.Begun = record.GoneEnded;
        array.Succeeded = record.GoneSucceeded;
        foreach (var element in array.Elements)
        {
            if (states.TryGetValue(element.Id, out var own))
            {
                Restore((Submission)element, own);
                Restore(element, own);
                array.Begun += element.StartCount > 0 || element.State == JobState.Complete ? 1 : 0;
                array.Succeeded += element is { State: JobState.Complete, ExitStatus: 0 } ? 1 : 0;
            }
            else
            {
                BeginElement(array, element);
                Enter(element);
            }
        }
    }

    private void CountScript(string digest)
    {
        if (_scripts.TryGetValue(digest, out var kept))
            _scripts[digest] = kept with { Uses = kept.Uses + 1 };
    }

    private void Restore(Submission submission, JobRecord record)
    {
        submission.Queue = _queues[record.Queue];
        submission.Rank = record.Rank;
        submission.CreatedAt = record.CreatedAt;
        submission.ModifiedAt = record.ModifiedAt;
        submission.Depends = record.Depends is { } depends ? [.. depends.Select(Dependency.Parse)] : null;
    }

    private void Restore(Job job, JobRecord record)
    {
        job.Holds = record.Holds;
        job.Ending = record.Ending;
        job.IsSuspended = record.IsSuspended;
        job.IsRouted = record.IsRouted;
        job.Run = record.Run;
        job.StartCount = record.StartCount;
        job.QueuedAt = record.QueuedAt;
        job.EligibleAt = record.EligibleAt;
        job.StartedAt = record.StartedAt;
        job.CompletedAt = record.CompletedAt;
        job.ExitStatus = record.ExitStatus;
        job.Comment = record.Comment;
        job.Hosting = record.Hosting;
        job.ExecHost = record.ExecHost;
        job.Usage = record.Usage;
        job.Session = record.Session;
        Enter(job);
        if (job.CompletedAt > 0)
        {
            Become(job, JobState.Complete, Sub.Complete);
            ForgetLater(job);
        }
        else if (job.IsPlaced)
        {
            Become(job, JobState.Running, job.IsSuspended ? Sub.Suspended : job.Hosting!.HasStarted ? Sub.Running : Sub.Prerun);
            _placed.Add(job.Id, job);
        }
        else if (job.Queue.IsRoute)
        {
            _deadlines.Enqueue((job.Id, Wake.Route), NowMs);
        }
    }
}
