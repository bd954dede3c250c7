using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Agora.Protocol;

/// <summary>
/// Domain records to messages of <c>agora.v1</c>; here the types that several services share. Byte payloads are not
/// copied. Durations are rounded up to whole milliseconds, so that a short one does not become none.
/// </summary>
public static partial class DomainToWire
{
    /// <summary>An instant as ticks since the Unix epoch.</summary>
    public static long ToUnixTicks(this DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    private static long ToMilliseconds(this TimeSpan duration)
    {
        var (whole, rest) = Math.DivRem(duration.Ticks, TimeSpan.TicksPerMillisecond);
        return rest > 0 && whole < long.MaxValue / TimeSpan.TicksPerMillisecond ? whole + 1 : whole;
    }

    private static ByteString ToBytes(ReadOnlyMemory<byte> data) =>
        data.IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(data);

    public static V1.Resources ToWire(this Resources resources)
    {
        var wire = new V1.Resources
        {
            MilliCpus = resources.MilliCpus,
            MemBytes = resources.MemBytes,
            DiskBytes = resources.DiskBytes,
            MilliGpus = resources.MilliGpus,
        };
        for (var i = 0; i < resources.OtherScalars.Count; i++)
        {
            var (name, amount) = resources.OtherScalars[i];
            wire.Others.Add(new V1.NamedAmount { Name = name, AmountMilli = amount });
        }
        for (var i = 0; i < resources.Ranges.Count; i++)
        {
            var (name, ranges) = resources.Ranges[i];
            var named = new V1.NamedRanges { Name = name };
            for (var j = 0; j < ranges.Ranges.Count; j++)
                named.Ranges.Add(new V1.ValueRange { Begin = ranges.Ranges[j].Begin, End = ranges.Ranges[j].End });
            wire.Ranges.Add(named);
        }
        for (var i = 0; i < resources.Sets.Count; i++)
        {
            var (name, set) = resources.Sets[i];
            var named = new V1.NamedSet { Name = name };
            named.Items.AddRange(set.Items);
            wire.Sets.Add(named);
        }
        return wire;
    }

    public static V1.OfferId ToWire(this OfferId id) => new() { Epoch = id.Epoch, Number = id.Number };

    public static V1.Offer ToWire(this Offer offer)
    {
        var wire = new V1.Offer
        {
            Id = offer.Id.ToWire(),
            FrameworkId = offer.FrameworkId.Value,
            AgentId = offer.AgentId.Value,
            Hostname = offer.Hostname,
            Address = offer.Address,
            FilePort = offer.FilePort,
            Resources = offer.Resources.ToWire(),
            ExpiresUnixTicks = offer.Expires.ToUnixTicks(),
            Unavailability = offer.Unavailability?.ToWire(),
        };
        Add(wire.Attributes, offer.Attributes);
        for (var i = 0; i < offer.Executors.Count; i++)
            wire.ExecutorIds.Add(offer.Executors[i].Value);
        return wire;
    }

    private static void Add(RepeatedField<V1.Attribute> wire, Attributes attributes)
    {
        for (var i = 0; i < attributes.Pairs.Count; i++)
        {
            var (name, value) = attributes.Pairs[i];
            wire.Add(new V1.Attribute { Name = name, Value = value });
        }
    }

    private static void Add(RepeatedField<V1.OfferId> wire, IReadOnlyList<OfferId> offers)
    {
        for (var i = 0; i < offers.Count; i++)
            wire.Add(offers[i].ToWire());
    }

    private static void Add(RepeatedField<V1.TaskSpec> wire, IReadOnlyList<TaskSpec> tasks)
    {
        for (var i = 0; i < tasks.Count; i++)
            wire.Add(tasks[i].ToWire());
    }

    private static void Add(RepeatedField<V1.TaskStatus> wire, IReadOnlyList<TaskStatus> statuses)
    {
        for (var i = 0; i < statuses.Count; i++)
            wire.Add(statuses[i].ToWire());
    }

    private static void Add(RepeatedField<string> wire, IReadOnlyList<TaskId> tasks)
    {
        for (var i = 0; i < tasks.Count; i++)
            wire.Add(tasks[i].Value);
    }

    public static V1.FrameworkFilters ToWire(this FrameworkFilters filters)
    {
        var wire = new V1.FrameworkFilters { AtLeast = filters.AtLeast?.ToWire() };
        if (filters.OnlyAgents is { } agents)
        {
            wire.OnlyAgents = new V1.StringList();
            wire.OnlyAgents.Items.AddRange(agents);
        }
        return wire;
    }

    private static V1.HintList ToWire(this IReadOnlyList<Hint> hints)
    {
        var wire = new V1.HintList();
        foreach (var hint in hints)
        {
            var one = new V1.Hint
            {
                Size = hint.Size.ToWire(),
                Count = hint.Count,
                UntilUnixTicks = hint.Until.ToUnixTicks(),
            };
            one.Agents.AddRange(hint.Agents);
            wire.Hints.Add(one);
        }
        return wire;
    }

    public static V1.FrameworkInfo ToWire(this FrameworkInfo framework)
    {
        var wire = new V1.FrameworkInfo
        {
            Name = framework.Name,
            User = framework.User,
            Principal = framework.Principal,
            Role = framework.Role,
            FailoverTimeoutMs = framework.FailoverTimeout.ToMilliseconds(),
            PartitionAware = framework.Capabilities.HasFlag(FrameworkCapabilities.PartitionAware),
            Hostname = framework.Hostname,
            WebUrl = framework.WebUrl,
        };
        if (framework.Id is { } id)
            wire.Id = id.Value;
        return wire;
    }

    public static V1.AgentInfo ToWire(this AgentInfo agent)
    {
        var wire = new V1.AgentInfo
        {
            Hostname = agent.Hostname,
            Address = agent.Address,
            FilePort = agent.FilePort,
            Resources = agent.Resources.ToWire(),
        };
        if (agent.Id is { } id)
            wire.Id = id.Value;
        Add(wire.Attributes, agent.Attributes);
        return wire;
    }

    public static V1.CommandSpec ToWire(this CommandSpec command)
    {
        var wire = new V1.CommandSpec { Environment = ToMap(command.Environment) };
        wire.Arguments.AddRange(command.Arguments);
        if (command.Artifacts is { } artifacts)
        {
            wire.Artifacts = new V1.ArtifactList();
            foreach (var artifact in artifacts)
                wire.Artifacts.Items.Add(artifact.ToWire());
        }
        if (command.User is { } user)
            wire.User = user;
        return wire;
    }

    private static V1.Artifact ToWire(this Artifact artifact)
    {
        var wire = new V1.Artifact
        {
            Uri = artifact.Uri,
            Extract = artifact.Extract,
            Executable = artifact.Executable,
            Cache = artifact.Cache,
        };
        if (artifact.FileName is { } name)
            wire.FileName = name;
        return wire;
    }

    private static V1.StringMap? ToMap(IReadOnlyDictionary<string, string>? entries)
    {
        if (entries is null)
            return null;
        var wire = new V1.StringMap();
        foreach (var (key, value) in entries)
            wire.Entries[key] = value;
        return wire;
    }

    public static V1.ExecutorSpec ToWire(this ExecutorSpec executor) => new()
    {
        Id = executor.Id.Value,
        Name = executor.Name,
        Command = executor.Command.ToWire(),
        Resources = executor.Resources.ToWire(),
        ShutdownGraceMs = executor.ShutdownGrace.ToMilliseconds(),
    };

    public static V1.TaskSpec ToWire(this TaskSpec task)
    {
        var wire = new V1.TaskSpec
        {
            Id = task.Id.Value,
            Name = task.Name,
            AgentId = task.AgentId.Value,
            Resources = task.Resources.ToWire(),
            Command = task.Command?.ToWire(),
            Executor = task.Executor?.ToWire(),
            Data = ToBytes(task.Data),
            Labels = ToMap(task.Labels),
            Revocable = task.Revocable,
        };
        if (task.Kill is { } kill)
            wire.KillGraceMs = kill.Grace.ToMilliseconds();
        return wire;
    }

    public static V1.TaskStatus ToWire(this TaskStatus status)
    {
        var wire = new V1.TaskStatus
        {
            TaskId = status.TaskId.Value,
            State = status.State.ToWire(),
            Source = status.Source.ToWire(),
            Reason = status.Reason.ToWire(),
            Message = status.Message,
            TimeUnixTicks = status.Time.ToUnixTicks(),
            Sequence = status.Sequence,
            Data = ToBytes(status.Data),
        };
        if (status.AgentId is { } agent)
            wire.AgentId = agent.Value;
        if (status.ExecutorId is { } executor)
            wire.ExecutorId = executor.Value;
        if (status.ExitCode is { } exitCode)
            wire.ExitCode = exitCode;
        if (status.Usage is { } usage)
        {
            wire.Usage = new V1.ResourceUsage
            {
                CpuTimeMs = usage.CpuTime.ToMilliseconds(),
                MemBytes = usage.MemBytes,
                MemPeakBytes = usage.MemPeakBytes,
            };
        }
        return wire;
    }
}
