using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>What a job's resources come to.</summary>
/// <param name="Nodes">With the memory each node is to have for it.</param>
/// <param name="NodeCount">As <c>nodect</c> has it.</param>
internal sealed record ParsedResources(IReadOnlyList<NodeRequest> Nodes, int NodeCount, int Slots, TimeSpan? Walltime, JobLimits Limits)
{
    /// <exception cref="PbsException">They contradict each other or are not understood.</exception>
    public static ParsedResources Of(IReadOnlyList<JobAttribute> resources)
    {
        string? Get(string name) => resources.FirstOrDefault(r => r.Resource == name)?.Value;
        int? Number(string name) => int.TryParse(Get(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;
        int? Seconds(string name) => Get(name) is { } text && PbsTime.Parse(text) is { } time ? (int)time.TotalSeconds : null;
        long? Bytes(string name) => Get(name) is { } text ? PbsSize.Parse(text) : null;

        if (Get("nodes") is not null && (Get("ncpus") is not null || Get("size") is not null))
            throw new PbsException(PbsError.InvalidRequest, "Jobs may not mix -l nodes with -l size or -l ncpus");
        var requests = Get("select") is { } select ? NodeSpec.ParseSelect(select, Get("place"))
            : Get("nodes") is { } nodes ? NodeSpec.ParseNodes(nodes)
            : Get("procs") is not null ? [new NodeRequest(Positive(Number("procs"), "procs"), 1, null, [], 1, Anywhere: true)]
            : Get("ncpus") is not null ? [new NodeRequest(1, Positive(Number("ncpus"), "ncpus"), null, [], Number("ncpus") ?? 1)]
            : Get("size") is not null ? [NodeRequest.One with { Count = Positive(Number("size"), "size") }]
            : (IReadOnlyList<NodeRequest>)[NodeRequest.One];
        if (Get("nodes") is null && Get("select") is null && (Get("host") ?? Get("vnode")) is { } host && requests is [{ Count: 1, Anywhere: false } only])
            requests = [only with { Host = host }];
        if (Get("naccesspolicy") is "singlejob" or "SINGLEJOB")
            requests = [.. requests.Select(r => r with { Exclusive = true })];

        // Sums of counts that are each plausible may still be too large for an int.
        var count = requests.Sum(r => (long)r.Count);
        var slots = requests.Sum(r => (long)r.Count * r.Slots);
        if (slots > int.MaxValue)
            throw new PbsException(PbsError.InvalidSyntax, "Command syntax invalid MSG=Invalid Syntax");
        var limits = new JobLimits(Seconds("walltime"), Seconds("cput"), Seconds("pcput"), Bytes("mem"), Bytes("pmem"),
            Bytes("vmem"), Bytes("pvmem"), Bytes("file"), Number("nice"));
        return new ParsedResources(
            [.. requests.Select(r => r.MemoryBytes is null ? r with { MemoryBytes = MemoryOf(r, limits, count) } : r)],
            requests is [{ Anywhere: true }] ? 1 : (int)count, (int)slots,
            limits.WalltimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null, limits);
    }

    /// <summary>A node's part of the job's memory: the more of both, where it is given for the job and for each process.</summary>
    private static long? MemoryOf(NodeRequest request, JobLimits limits, long nodes)
    {
        long? ofJob = limits.MemBytes is { } mem ? (mem + nodes - 1) / nodes : null;
        long? ofProcesses = limits.PmemBytes is { } pmem ? (long)Math.Min((double)pmem * request.Slots, long.MaxValue / 2) : null;
        return ofJob is { } a && ofProcesses is { } b ? Math.Max(a, b) : ofJob ?? ofProcesses;
    }

    private static int Positive(int? number, string name) => number > 0 ? number.Value : throw Refusal.BadValue($"Resource_List.{name}");
}
