using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>What administrators set by <c>qmgr</c>, <c>qenable</c> and <c>pbsnodes</c>.</summary>
public sealed partial class JobQueue
{
    /// <summary>As the original's <c>torque.setup</c> leaves a server.</summary>
    private void Configure()
    {
        var batch = new BatchQueue("batch") { ModifiedAt = NowMs };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
        [
            ("queue_type", "Execution"), ("resources_default.walltime", "01:00:00"), ("resources_default.nodes", "1"),
            ("enabled", "True"), ("started", "True"),
        ])
        {
            batch.Attributes.Set(name, value);
        }
        _queues.Add(batch.Name, batch);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
        [
            ("scheduling", "True"), ("default_queue", batch.Name), ("log_events", "511"), ("mail_from", "adm"),
            ("scheduler_iteration", "600"), ("node_check_rate", "150"), ("tcp_timeout", "300"), ("keep_completed", "300"),
            ("moab_array_compatible", "True"),
        ])
        {
            _server.Set(name, value);
        }
        if (_options.AclRoots is { Length: > 0 } roots)
            _server.Set("acl_roots", roots);
        _settingsChanged = _numberChanged = true;
    }

    private Reply Manage(Caller caller, Request.Manage request)
    {
        switch (request.Of)
        {
            case StatusOf.Server: ManageServer(caller, request); break;
            case StatusOf.Queues: ManageQueues(caller, request); break;
            case StatusOf.Nodes: ManageNodes(caller, request); break;
            default: throw new PbsException(PbsError.InvalidRequest, "Invalid request");
        }
        _settingsChanged = true;
        Log(4, "Svr", "PBS_Server", $"{request.Verb} {request.Of} {request.Name} at request of {caller.Name}");
        return new Reply();
    }

    private void ManageServer(Caller caller, Request.Manage request)
    {
        CheckManager(caller);
        if (request.Verb is ManageVerb.Create or ManageVerb.Delete)
            throw new PbsException(PbsError.InvalidRequest, "Invalid request");
        var changed = Changed(_server, request, ManagedAttributes.OfServer);
        foreach (var change in request.Changes)
        {
            if (change.Name == "next_job_number" && request.Verb == ManageVerb.Set)
            {
                _nextNumber = int.Parse(change.Value, CultureInfo.InvariantCulture);
                _numberChanged = true;
            }
        }
        Replace(_server, changed);
        _server.Unset("next_job_number");
        SettingsChanged(request);
    }

    private void ManageQueues(Caller caller, Request.Manage request)
    {
        // qenable, qstart and their like are the operator's, too.
        if (request.Verb == ManageVerb.Set && request.Changes.All(c => c.Name is "enabled" or "started"))
            CheckOperator(caller);
        else
            CheckManager(caller);
        if (request.Verb == ManageVerb.Create)
        {
            CreateQueue(request);
            return;
        }
        BatchQueue[] queues = request.Name.Length == 0 ? [.. _queues.Values]
            : [.. request.Name.Split(',').Select(n => _queues.GetValueOrDefault(n) ?? throw new PbsException(PbsError.UnknownQueue, "Unknown queue"))];
        if (request.Verb == ManageVerb.Delete)
        {
            if (queues.Any(q => q.Total > 0 || _jobs.Values.Any(j => j.Queue == q)))
                throw new PbsException(PbsError.QueueBusy, "Cannot delete busy queue");
            foreach (var queue in queues)
                _queues.Remove(queue.Name);
            return;
        }
        var changes = queues.Select(q => (Queue: q, Attributes: CheckedQueue(Changed(q.Attributes, request, ManagedAttributes.OfQueue)))).ToArray();
        // The order of what may run hangs on the queues' priorities.
        _ready.Clear();
        foreach (var (queue, attributes) in changes)
        {
            Replace(queue.Attributes, attributes);
            queue.ModifiedAt = NowMs;
        }
        SettingsChanged(request);
    }

    private void CreateQueue(Request.Manage request)
    {
        const int NameMax = 15;
        if (request.Name.Length is 0 or > NameMax || !request.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || char.IsAsciiDigit(request.Name[0]))
            throw new PbsException(PbsError.InvalidRequest, "Invalid request MSG=a queue's name has 1 to 15 letters, digits, '-', '_' or '.', and begins with a letter");
        if (_queues.ContainsKey(request.Name))
            throw new PbsException(PbsError.QueueExists, "Queue already exists");
        var queue = new BatchQueue(request.Name) { ModifiedAt = NowMs };
        Replace(queue.Attributes, CheckedQueue(Changed(queue.Attributes, request, ManagedAttributes.OfQueue)));
        _queues.Add(queue.Name, queue);
    }

    private static AttributeSet CheckedQueue(AttributeSet attributes)
    {
        if (attributes.IsTrue("enabled") && attributes.Text("queue_type") is null ||
            attributes.IsTrue("started") && attributes.Text("queue_type") is null)
        {
            throw new PbsException(PbsError.QueueIncomplete, "Cannot enable queue, incomplete definition");
        }
        return attributes;
    }

    /// <summary>What the attributes come to; the old ones stay as they are.</summary>
    private static AttributeSet Changed(AttributeSet old, Request.Manage request, IReadOnlyDictionary<string, ManagedKind> known)
    {
        var changed = new AttributeSet();
        Replace(changed, old);
        foreach (var change in request.Changes)
        {
            var name = change.Resource is { } resource ? $"{change.Name}.{resource}" : change.Name;
            if (!known.TryGetValue(change.Name, out var kind))
                throw Refusal.UnknownAttribute(change.Name);
            if (kind == ManagedKind.Resources && change.Resource is { } r && KnownResources.KindOf(r) is null)
                throw Refusal.UnknownResource(name);
            if (request.Verb == ManageVerb.Unset)
            {
                changed.Unset(name);
                continue;
            }
            if (kind == ManagedKind.Resources != change.Resource is not null)
                throw Refusal.BadValue(name);
            changed.Set(name, ManagedAttributes.Value(kind, name, changed.Text(name), change));
        }
        return changed;
    }

    private static void Replace(AttributeSet attributes, AttributeSet by)
    {
        foreach (var (name, _) in attributes.All.ToArray())
            attributes.Unset(name);
        foreach (var (name, value) in by.All)
            attributes.Set(name, value);
    }

    /// <summary>Whether jobs may run, and for how long they are kept, may be otherwise now.</summary>
    private void SettingsChanged(Request.Manage request)
    {
        var keepsOtherwise = request.Changes.Any(c => c.Name == "keep_completed");
        foreach (var submission in _jobs.Values)
        {
            foreach (var job in JobsOf(submission))
            {
                if (job.State == JobState.Complete && keepsOtherwise)
                    ForgetLater(job);
                else if (job.State == JobState.Queued && !job.IsPlaced)
                    Settle(job);
            }
        }
    }

    private void ManageNodes(Caller caller, Request.Manage request)
    {
        if (!IsOperator(caller))
            throw Refusal.NotOperatorOfNodes();
        Dictionary<string, NodeSettings?> changed = [];
        foreach (var name in request.Name.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var node = _nodes.GetValueOrDefault(name);
            if (request.Verb == ManageVerb.Delete && node is null)
                throw new PbsException(PbsError.UnknownNode, "Unknown node  MSG=cannot locate specified node");
            if (request.Verb == ManageVerb.Create && node is not null)
                throw new PbsException(PbsError.NodeExists, "Node name already exists");
            changed[name] = request.Verb == ManageVerb.Delete ? null : request.Changes.Aggregate(
                node ?? new NodeSettings(), (n, change) => Changed(n, change, request.Verb == ManageVerb.Unset));
        }
        foreach (var (name, node) in changed)
        {
            if (node is null)
                _nodes.Remove(name);
            else
                _nodes[name] = node;
        }
    }

    private static NodeSettings Changed(NodeSettings node, AttributeChange change, bool unset)
    {
        switch (change.Name)
        {
            case "state":
                // Down and free are what the node is; offline is what somebody wants it to be.
                var states = change.Value.Split(',');
                if (unset || change.Operator == "-=")
                    return states.Contains("offline") || unset ? node with { IsOffline = false } : node;
                return node with { IsOffline = states.Contains("offline") || change.Operator == "+=" && node.IsOffline };
            case "note":
                return node with { Note = unset || change.Value.Length == 0 ? null : change.Value };
            case "np":
                return node with
                {
                    Slots = unset ? null : int.TryParse(change.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0
                        ? n : throw Refusal.BadValue("np"),
                };
            case "properties":
                var named = change.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                var old = node.Properties ?? [];
                string[] properties = unset ? [] : change.Operator switch
                {
                    "+=" => [.. old.Union(named)],
                    "-=" => [.. old.Except(named)],
                    _ => named,
                };
                return node with { Properties = properties.Length > 0 ? properties : null };
            case "ntype" or "power_state" or "ttl" or "acl" or "requestid" or "gpus" or "mics":
                return node;
            default:
                throw Refusal.UnknownAttribute(change.Name);
        }
    }

    private void CheckManager(Caller caller)
    {
        if (!IsManager(caller))
            throw Refusal.NotManager();
    }
}
