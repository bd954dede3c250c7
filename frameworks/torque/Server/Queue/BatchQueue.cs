using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>A queue of jobs, as <c>qmgr</c> makes them.</summary>
internal sealed class BatchQueue(string name)
{
    public string Name { get; } = name;

    /// <summary>As its jobs show it.</summary>
    public JobAttribute Shown { get; } = new("queue", null, name);

    public AttributeSet Attributes { get; } = new();

    /// <summary>Jobs per state.</summary>
    public int[] Counts { get; } = new int[7];

    /// <summary>Per user: jobs that have not completed, and those of them that hold slots.</summary>
    public Dictionary<string, UserCount> Users { get; } = [];

    /// <summary>Nodes and processors that its running jobs have.</summary>
    public int AssignedNodes { get; set; }

    public int AssignedSlots { get; set; }

    public long ModifiedAt { get; set; }

    public bool IsRoute => Attributes.Text("queue_type") is { } type && type.StartsWith("r", StringComparison.OrdinalIgnoreCase);

    public bool IsExecution => Attributes.Text("queue_type") is { } type && type.StartsWith("e", StringComparison.OrdinalIgnoreCase);

    public bool IsEnabled => Attributes.IsTrue("enabled");

    public bool IsStarted => Attributes.IsTrue("started");

    public int Priority => Attributes.Number("Priority") ?? 0;

    public int Total => Counts.Sum();

    /// <summary>Jobs that have not completed.</summary>
    public int Unfinished => Total - Counts[(int)JobState.Complete];

    /// <summary>Jobs that hold slots.</summary>
    public int Busy => Counts[(int)JobState.Running] + Counts[(int)JobState.Exiting];
}

/// <summary>How many jobs of one user.</summary>
internal struct UserCount
{
    public int Unfinished;
    public int Busy;
}
