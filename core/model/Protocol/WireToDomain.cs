using Google.Protobuf.Collections;
using static Agora.Protocol.WireCheck;

namespace Agora.Protocol;

/// <summary>
/// Messages of <c>agora.v1</c> to domain records; here the types that several services share. Whatever bytes a message
/// was parsed from, the result is a valid record or a <see cref="WireFormatException"/> that names the field, never
/// another exception. Byte payloads are not copied: the record keeps the message's memory.
/// <para>What only a master can judge (offers that are not held, tasks that do not fit) is not looked at here.</para>
/// </summary>
public static partial class WireToDomain
{
    private static T[] ToArray<TWire, T>(RepeatedField<TWire> wire, Func<TWire, T> toDomain)
    {
        if (wire.Count == 0)
            return [];
        var items = new T[wire.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = toDomain(wire[i]);
        return items;
    }

    private static string[] ToArray(RepeatedField<string> wire)
    {
        if (wire.Count == 0)
            return [];
        var items = new string[wire.Count];
        wire.CopyTo(items, 0);
        return items;
    }

    private static TaskId[] ToTaskIds(RepeatedField<string> wire, string field)
    {
        if (wire.Count == 0)
            return [];
        var items = new TaskId[wire.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = new TaskId(Id(wire[i], field));
        return items;
    }

    /// <summary>Resources at <paramref name="field"/>, no amount over <paramref name="max"/>.</summary>
    private static Resources ToResources(V1.Resources? wire, string field, long max = long.MaxValue)
    {
        Present(wire, field);
        var cpus = Amount(wire.MilliCpus, field, "milli_cpus", max);
        var mem = Amount(wire.MemBytes, field, "mem_bytes", max);
        var disk = Amount(wire.DiskBytes, field, "disk_bytes", max);
        var gpus = Amount(wire.MilliGpus, field, "milli_gpus", max);
        if (wire.Others.Count == 0 && wire.Ranges.Count == 0 && wire.Sets.Count == 0)
            return Resources.Create(cpus, mem, disk, gpus, [], [], []);
        var builder = new ResourcesBuilder { MilliCpus = cpus, MemBytes = mem, DiskBytes = disk, MilliGpus = gpus };
        var names = new HashSet<string>(StringComparer.Ordinal)
        {
            Resources.CpusName,
            Resources.MemName,
            Resources.DiskName,
            Resources.GpusName,
        };
        foreach (var other in wire.Others)
            builder.AddScalar(NewName(other.Name, names, field), Amount(other.AmountMilli, field, "others", max));
        foreach (var named in wire.Ranges)
            builder.AddRanges(NewName(named.Name, names, field), ToRanges(named, field));
        foreach (var named in wire.Sets)
            builder.AddSet(NewName(named.Name, names, field), ToSet(named, field));
        return builder.Build();
    }

    private static string NewName(string name, HashSet<string> names, string field)
    {
        if (!names.Add(Name(name, field)))
            Fail(field, $"has '{name}' twice");
        return name;
    }

    private static RangeSet ToRanges(V1.NamedRanges wire, string field)
    {
        var ranges = new ValueRange[wire.Ranges.Count];
        for (var i = 0; i < ranges.Length; i++)
        {
            var range = wire.Ranges[i];
            if (range.Begin < 0 || range.End == long.MaxValue)
                Fail(field, $"has a range of '{wire.Name}' outside 0 to 2^63-2: {range.Begin}-{range.End}");
            if (range.End < range.Begin)
                Fail(field, $"has a range of '{wire.Name}' that ends before it begins: {range.Begin}-{range.End}");
            ranges[i] = new ValueRange(range.Begin, range.End);
        }
        return RangeSet.Of(ranges);
    }

    private static StringSet ToSet(V1.NamedSet wire, string field)
    {
        foreach (var item in wire.Items)
            Name(item, field);
        return StringSet.Of(wire.Items);
    }

    private static Attributes ToAttributes(RepeatedField<V1.Attribute> wire, string field)
    {
        if (wire.Count == 0)
            return Attributes.Empty;
        var pairs = new KeyValuePair<string, string>[wire.Count];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = new(NewName(wire[i].Name, names, field), wire[i].Value);
        return Attributes.Of(pairs);
    }

    private static OfferId ToOfferId(V1.OfferId? wire, string field)
    {
        Present(wire, field);
        return new OfferId(NotNegative(wire.Epoch, "OfferId.epoch"), NotNegative(wire.Number, "OfferId.number"));
    }

    private static OfferId[] ToOfferIds(RepeatedField<V1.OfferId> wire, string field)
    {
        if (wire.Count == 0)
            return [];
        var ids = new OfferId[wire.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = ToOfferId(wire[i], field);
        return ids;
    }

    public static Offer ToDomain(this V1.Offer wire)
    {
        ExecutorId[] executors = wire.ExecutorIds.Count == 0 ? [] : new ExecutorId[wire.ExecutorIds.Count];
        for (var i = 0; i < executors.Length; i++)
            executors[i] = new ExecutorId(Id(wire.ExecutorIds[i], "Offer.executor_ids"));
        return new Offer(
            ToOfferId(wire.Id, "Offer.id"),
            new FrameworkId(Id(wire.FrameworkId, "Offer.framework_id")),
            new AgentId(Id(wire.AgentId, "Offer.agent_id")),
            wire.Hostname, wire.Address, Port(wire.FilePort, "Offer.file_port"),
            ToResources(wire.Resources, "Offer.resources"),
            ToAttributes(wire.Attributes, "Offer.attributes"),
            executors, Instant(wire.ExpiresUnixTicks, "Offer.expires_unix_ticks"),
            wire.Unavailability is { } unavailability ? ToUnavailability(unavailability, "Offer.unavailability") : null);
    }

    public static FrameworkFilters ToDomain(this V1.FrameworkFilters wire) => new(
        wire.OnlyAgents is { } agents ? ToArray(agents.Items) : null,
        wire.AtLeast is { } atLeast ? ToResources(atLeast, "FrameworkFilters.at_least") : null);

    private static Hint[] ToDomain(V1.HintList wire) => ToArray(wire.Hints, static hint => new Hint(
        ToArray(hint.Agents), ToResources(hint.Size, "Hint.size", Limits.Default.AmountMax),
        NotNegative(hint.Count, "Hint.count"), Instant(hint.UntilUnixTicks, "Hint.until_unix_ticks")));

    private static FrameworkInfo ToFramework(V1.FrameworkInfo? wire, string field) => Present(wire, field).ToDomain();

    public static FrameworkInfo ToDomain(this V1.FrameworkInfo wire) => new(
        wire.HasId ? new FrameworkId(Id(wire.Id, "FrameworkInfo.id")) : null,
        wire.Name, wire.User, wire.Principal, wire.Role,
        Duration(wire.FailoverTimeoutMs, "FrameworkInfo.failover_timeout_ms"),
        wire.PartitionAware ? FrameworkCapabilities.PartitionAware : FrameworkCapabilities.None,
        wire.Hostname, wire.WebUrl);

    private static AgentInfo ToAgent(V1.AgentInfo? wire, string field) => Present(wire, field).ToDomain();

    public static AgentInfo ToDomain(this V1.AgentInfo wire) => new(
        wire.HasId ? new AgentId(Id(wire.Id, "AgentInfo.id")) : null,
        wire.Hostname, wire.Address, Port(wire.FilePort, "AgentInfo.file_port"),
        ToResources(wire.Resources, "AgentInfo.resources", Limits.Default.AmountMax),
        ToAttributes(wire.Attributes, "AgentInfo.attributes"));

    public static CommandSpec ToDomain(this V1.CommandSpec wire) => new(
        ToArray(wire.Arguments), ToDictionary(wire.Environment),
        wire.Artifacts is { } artifacts ? ToArray(artifacts.Items, static a => a.ToDomain()) : null,
        wire.HasUser ? wire.User : null);

    private static Artifact ToDomain(this V1.Artifact wire) => new(
        wire.Uri, wire.HasFileName ? wire.FileName : null, wire.Extract, wire.Executable, wire.Cache);

    private static Dictionary<string, string>? ToDictionary(V1.StringMap? wire) =>
        wire is null ? null : new Dictionary<string, string>(wire.Entries, StringComparer.Ordinal);

    private static ExecutorSpec ToExecutor(V1.ExecutorSpec? wire, string field) => Present(wire, field).ToDomain();

    public static ExecutorSpec ToDomain(this V1.ExecutorSpec wire) => new(
        new ExecutorId(Id(wire.Id, "ExecutorSpec.id")), wire.Name,
        Present(wire.Command, "ExecutorSpec.command").ToDomain(),
        ToResources(wire.Resources, "ExecutorSpec.resources", Limits.Default.AmountMax),
        Duration(wire.ShutdownGraceMs, "ExecutorSpec.shutdown_grace_ms"));

    private static TaskSpec ToTask(V1.TaskSpec? wire, string field) => Present(wire, field).ToDomain();

    public static TaskSpec ToDomain(this V1.TaskSpec wire) => new(
        new TaskId(Id(wire.Id, "TaskSpec.id")), wire.Name,
        new AgentId(Id(wire.AgentId, "TaskSpec.agent_id")),
        ToResources(wire.Resources, "TaskSpec.resources", Limits.Default.AmountMax),
        wire.Command?.ToDomain(), wire.Executor?.ToDomain(), wire.Data.Memory,
        wire.HasKillGraceMs ? new KillPolicy(Duration(wire.KillGraceMs, "TaskSpec.kill_grace_ms")) : null,
        ToDictionary(wire.Labels), wire.Revocable);

    private static TaskStatus ToStatus(V1.TaskStatus? wire, string field) => Present(wire, field).ToDomain();

    public static TaskStatus ToDomain(this V1.TaskStatus wire) => new(
        new TaskId(Id(wire.TaskId, "TaskStatus.task_id")),
        wire.State.ToDomain(), wire.Source.ToDomain(), wire.Reason.ToDomain(), wire.Message,
        Instant(wire.TimeUnixTicks, "TaskStatus.time_unix_ticks"),
        wire.HasAgentId ? new AgentId(Id(wire.AgentId, "TaskStatus.agent_id")) : null,
        wire.HasExecutorId ? new ExecutorId(Id(wire.ExecutorId, "TaskStatus.executor_id")) : null,
        NotNegative(wire.Sequence, "TaskStatus.sequence"),
        wire.HasExitCode ? wire.ExitCode : null, wire.Data.Memory,
        wire.Usage is { } usage ? usage.ToDomain() : null);

    private static ResourceUsage ToDomain(this V1.ResourceUsage wire) => new(
        Duration(wire.CpuTimeMs, "ResourceUsage.cpu_time_ms"),
        NotNegative(wire.MemBytes, "ResourceUsage.mem_bytes"),
        NotNegative(wire.MemPeakBytes, "ResourceUsage.mem_peak_bytes"));
}
