namespace Agora;

/// <summary>Names an agent, as the master that admitted it chose: <c>agent-1-7</c> is the 7th agent of master epoch 1.</summary>
public readonly record struct AgentId(string Value) : IComparable<AgentId>
{
    public int CompareTo(AgentId other) => string.CompareOrdinal(Value, other.Value);
    public override string ToString() => Value;
}

/// <summary>Names a framework, as the master that first admitted it chose; it keeps the name when it comes back.</summary>
public readonly record struct FrameworkId(string Value) : IComparable<FrameworkId>
{
    public int CompareTo(FrameworkId other) => string.CompareOrdinal(Value, other.Value);
    public override string ToString() => Value;
}

/// <summary>Names a task; its framework chooses it, unique among the framework's tasks.</summary>
public readonly record struct TaskId(string Value) : IComparable<TaskId>
{
    public int CompareTo(TaskId other) => string.CompareOrdinal(Value, other.Value);
    public override string ToString() => Value;
}

/// <summary>Names an executor; its framework chooses it, unique among the framework's executors on one agent.</summary>
public readonly record struct ExecutorId(string Value) : IComparable<ExecutorId>
{
    public int CompareTo(ExecutorId other) => string.CompareOrdinal(Value, other.Value);
    public override string ToString() => Value;
}

/// <summary>
/// Names an offer: the epoch of the master that made it and a counter, so that an offer of a former leader can never
/// be mistaken for one of the present leader.
/// </summary>
public readonly record struct OfferId(long Epoch, long Number) : IComparable<OfferId>
{
    public int CompareTo(OfferId other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Number.CompareTo(other.Number);

    public override string ToString() => $"offer-{Epoch}-{Number}";

    public static bool TryParse(string text, out OfferId id)
    {
        id = default;
        var parts = text.Split('-');
        if (parts.Length != 3 || parts[0] != "offer" ||
            !long.TryParse(parts[1], out var epoch) || !long.TryParse(parts[2], out var number))
            return false;
        id = new OfferId(epoch, number);
        return true;
    }
}
