using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Nodes;

/// <summary>An agent of the cluster as a node of the batch system, and what of it is held.</summary>
internal sealed class PoolNode(string name)
{
    private readonly Dictionary<TaskId, Hold> _holds = [];
    private readonly SortedSet<int> _usedSlots = [];

    public string Name { get; } = name;
    public AgentId? Agent { get; set; }

    /// <summary>Host or IP.</summary>
    public string Address { get; set; } = "";

    /// <summary>All that the agent has.</summary>
    public Resources Total { get; set; } = Resources.Empty;

    public Attributes Attributes { get; set; } = Attributes.Empty;

    /// <summary>What is free of it for anybody, as far as the master has said.</summary>
    public Resources FreeOfAll { get; set; } = Resources.Empty;

    public bool IsUp { get; set; } = true;

    /// <summary>
    /// Of the mom that is connected; null for none. It may be that of slots which the master has given up, and which come
    /// back with their agent: the mom has no reason to connect anew then.
    /// </summary>
    public string? Connected { get; set; }

    /// <summary>The mom of what is held is connected.</summary>
    public bool HasMom => Connected is not null && Connected == Executor?.ToString();

    /// <summary>Jobs have slots here of which the master has not said anything yet, or nothing any more.</summary>
    public bool LacksHolds => HeldSlots < UsedSlots;

    /// <summary>Since when some of what is held is not in use.</summary>
    public DateTimeOffset? IdleSince { get; set; }

    /// <summary>Of the mom that has, or will have, its holds; a mom that ends is never given new ones.</summary>
    public ExecutorId? Executor { get; set; }

    /// <summary>More of it are not to be used, as an administrator has said.</summary>
    public int? SlotsMax { get; set; }

    /// <summary>Number of its processors; fractions count for nothing.</summary>
    public int Slots => Math.Min((int)(Total.MilliCpus / 1000), SlotsMax ?? int.MaxValue);

    public IReadOnlyCollection<Hold> Holds => _holds.Values;

    /// <summary>Something is held that is not being given back.</summary>
    public bool IsHeld => _holds.Values.Any(h => !h.IsEnding);

    /// <summary>All that is held can be worked with.</summary>
    public bool IsReady => HasMom && _holds.Values.All(h => h.IsUp || h.IsEnding);

    public int HeldSlots { get; private set; }
    public long HeldMemory { get; private set; }
    public int UsedSlots => _usedSlots.Count;
    public long UsedMemory { get; private set; }
    public int FreeSlots => Math.Max(0, HeldSlots - UsedSlots);
    public long FreeMemory => Math.Max(0, HeldMemory - UsedMemory);

    public Hold? Find(TaskId task) => _holds.GetValueOrDefault(task);

    public void Add(Hold hold)
    {
        _holds[hold.Task] = hold;
        HeldSlots += hold.Slots;
        HeldMemory += hold.MemoryBytes;
    }

    public void Remove(Hold hold)
    {
        if (!_holds.Remove(hold.Task) || hold.IsEnding)
            return;
        HeldSlots -= hold.Slots;
        HeldMemory -= hold.MemoryBytes;
    }

    /// <summary>It is given back: no longer counted, though the master has not said so yet.</summary>
    public void End(Hold hold)
    {
        hold.IsEnding = true;
        HeldSlots -= hold.Slots;
        HeldMemory -= hold.MemoryBytes;
    }

    /// <summary>The lowest free slots.</summary>
    public SlotShare Take(NodePick pick)
    {
        List<int> slots = [];
        for (var slot = 0; slots.Count < pick.Slots; slot++)
        {
            if (_usedSlots.Add(slot))
                slots.Add(slot);
        }
        UsedMemory += pick.MemoryBytes;
        return new SlotShare(Name, slots, pick.MemoryBytes, pick.Lines);
    }

    /// <summary>What a job has had before this server's start.</summary>
    public void Take(SlotShare share)
    {
        _usedSlots.UnionWith(share.Slots);
        UsedMemory += share.MemoryBytes;
    }

    public void Return(SlotShare share)
    {
        _usedSlots.ExceptWith(share.Slots);
        UsedMemory -= share.MemoryBytes;
    }
}

/// <summary>Slots and memory of a node, held by a task of the master's.</summary>
internal sealed class Hold(TaskId task, int slots, long memoryBytes)
{
    private const long Mib = 1 << 20;

    public TaskId Task { get; } = task;
    public int Slots { get; } = slots;
    public long MemoryBytes { get; } = memoryBytes;

    /// <summary>The mom has it.</summary>
    public bool IsUp { get; set; }

    public bool IsEnding { get; set; }

    public Resources Resources => Resources.FromScalars(Slots * 1000L, MemoryBytes);

    /// <summary>The task's id says what it holds, so that a server that starts anew can read it there.</summary>
    public static Hold New(string unique, int slots, long memoryBytes)
    {
        var mib = (memoryBytes + Mib - 1) / Mib;
        return new Hold(new TaskId($"slots-{unique}.{slots}.{mib}"), slots, mib * Mib);
    }

    /// <summary>Null if it is no id of such a task.</summary>
    public static Hold? Parse(TaskId task)
    {
        var words = task.ToString().Split('.');
        return words.Length == 3 && words[0].StartsWith("slots-", StringComparison.Ordinal) &&
            int.TryParse(words[1], out var slots) && long.TryParse(words[2], out var mib)
            ? new Hold(task, slots, mib * Mib) : null;
    }
}
