using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Nodes;

namespace Agora.Torque.Server.Service;

public sealed partial class BatchServer
{
    private const long Kilobyte = 1024;

    /// <summary><c>pbsnodes</c>: all agents of the cluster, whether anything is held there or not.</summary>
    private Reply NodeStatus(DateTimeOffset now, Request.Status request)
    {
        List<StatusRecord> records = [];
        foreach (var name in request.Names)
        {
            if (_pool.Find(name) is null)
                return new Reply(PbsError.UnknownNode, "Unknown node  MSG=cannot locate specified node", Server: _pool.Server);
        }
        var jobs = JobsByNode();
        foreach (var node in _pool.Nodes.Where(n => request.Names.Count == 0 || request.Names.Contains(n.Name)))
            records.Add(new StatusRecord(node.Name, [.. Attributes(now, node, jobs.GetValueOrDefault(node.Name) ?? [])]));
        return new Reply(Records: records, Server: _pool.Server);
    }

    private IEnumerable<JobAttribute> Attributes(DateTimeOffset now, PoolNode node, List<(Holding Job, IReadOnlyList<int> Slots)> jobs)
    {
        static JobAttribute Of(string name, string value) => new(name, null, value);

        var settings = _queue.Nodes.GetValueOrDefault(node.Name);
        yield return Of("state", StateOf(node, settings?.IsOffline ?? false));
        yield return Of("power_state", "Running");
        yield return Of("np", $"{node.Slots}");
        string[] properties = [.. node.Attributes.Pairs.Select(p => p.Value).Concat(settings?.Properties ?? []).Distinct()];
        if (properties.Length > 0)
            yield return Of("properties", string.Join(',', properties));
        yield return Of("ntype", "cluster");
        if (jobs.Count > 0)
            yield return Of("jobs", string.Join(',', jobs.SelectMany(j => Ranges(j.Slots).Select(r => $"{r}/{j.Job.Id.On(_pool.Server)}"))));
        if (node.IsUp)
            yield return Of("status", Status(now, node, jobs));
        if (settings?.Note is { Length: > 0 } note)
            yield return Of("note", note);
        yield return Of("mom_service_port", "15002");
        yield return Of("mom_manager_port", "15003");
    }

    /// <summary>Slots that others than this framework use are as good as a busy node's.</summary>
    private static string StateOf(PoolNode node, bool isOffline)
    {
        var state = !node.IsUp ? "down"
            : node.UsedSlots >= node.Slots ? "job-exclusive"
            : node.FreeSlots == 0 && node.FreeOfAll.MilliCpus < 1000 && node.UsedSlots == 0 ? "busy"
            : "free";
        return !isOffline ? state : state is "down" ? "down,offline" : state is "free" ? "offline" : $"{state},offline";
    }

    /// <summary>What a mom of the original reports; what this one's agent does not know is left out or zero.</summary>
    private static string Status(DateTimeOffset now, PoolNode node, List<(Holding Job, IReadOnlyList<int> Slots)> jobs)
    {
        var total = node.Total.MemBytes / Kilobyte;
        var free = Math.Max(0, node.FreeOfAll.MemBytes) / Kilobyte;
        var load = (node.Total.MilliCpus - node.FreeOfAll.MilliCpus) / 1000.0;
        return string.Create(CultureInfo.InvariantCulture,
            $"opsys=linux,uname=Linux {node.Name},sessions={jobs.Count},nsessions={jobs.Count},nusers={(jobs.Count > 0 ? 1 : 0)},idletime=0," +
            $"totmem={total}kb,availmem={free}kb,physmem={total}kb,ncpus={node.Total.MilliCpus / 1000},loadave={load:0.00}," +
            $"gres=,netload=0,state=free,varattr= ,cpuclock=Fixed,version=agora,rectime={now.ToUnixTimeSeconds()}," +
            $"jobs={string.Join(' ', jobs.Select(j => j.Job.Launch?.JobId ?? j.Job.Id.ToString()))}");
    }

    private Dictionary<string, List<(Holding, IReadOnlyList<int>)>> JobsByNode()
    {
        Dictionary<string, List<(Holding, IReadOnlyList<int>)>> jobs = [];
        foreach (var holding in _holdings.Values)
        {
            foreach (var share in holding.Shares)
            {
                if (!jobs.TryGetValue(share.Node, out var list))
                    jobs[share.Node] = list = [];
                list.Add((holding, share.Slots));
            }
        }
        return jobs;
    }

    /// <summary><c>0-2</c> and <c>5</c> for 0, 1, 2, 5.</summary>
    private static IEnumerable<string> Ranges(IReadOnlyList<int> numbers)
    {
        for (var first = 0; first < numbers.Count;)
        {
            var last = first;
            while (last + 1 < numbers.Count && numbers[last + 1] == numbers[last] + 1)
                last++;
            yield return first == last ? $"{numbers[first]}" : $"{numbers[first]}-{numbers[last]}";
            first = last + 1;
        }
    }
}
