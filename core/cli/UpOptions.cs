namespace Agora.Cli;

/// <summary>What <c>agora up</c> is to start.</summary>
/// <param name="Port">The first master's.</param>
internal sealed record UpOptions(int Agents, Resources PerAgent, int Port, string Allocator)
{
    /// <summary>Processors of the machine that a node with all it runs may use; null for no limit.</summary>
    public decimal? CpuQuota { get; init; }

    /// <summary>Names of the frameworks' services to start; null for all there are.</summary>
    public IReadOnlyList<string>? Services { get; init; }

    public int Masters { get; init; } = 1;

    /// <summary>One of <see cref="ElectionService.Kinds"/>; null for one master that is alone.</summary>
    public string? Election { get; init; }

    /// <summary>Agents, and a master that is alone, are started again too when they end.</summary>
    public bool Keeps { get; init; }

    /// <summary>How agents hold tasks to what they asked for, as <c>agora agent --isolation</c> has it; null for its default.</summary>
    public string? Isolation { get; init; }

    /// <summary>Further words for the command line of each agent.</summary>
    public IReadOnlyList<string> AgentOptions { get; init; } = [];

    /// <summary>Directory whose reports of experiments the dashboard shows.</summary>
    public string Reports { get; init; } = Installation.ReportsDirectory;

    /// <summary>Whoever reaches the ports is obeyed.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Each agent has a network of its own.</summary>
    public bool Networks { get; init; }
}
