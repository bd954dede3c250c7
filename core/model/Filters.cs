namespace Agora;

/// <summary>
/// The paper's two standing filters (NSDI'11 §3.2), kept at the master until set anew. A resource that fails one is
/// treated exactly as if the framework had rejected it.
/// </summary>
/// <param name="OnlyAgents">Only agents in this list, by agent id or hostname; null admits all.</param>
/// <param name="AtLeast">Only agents with at least this much free; null admits all.</param>
public sealed record FrameworkFilters(IReadOnlyList<string>? OnlyAgents = null, Resources? AtLeast = null)
{
    public static readonly FrameworkFilters None = new();

    /// <summary>How long a rejected agent is not offered again unless the framework says otherwise.</summary>
    public static readonly TimeSpan DefaultRefusal = TimeSpan.FromSeconds(5);

    /// <summary>The longest refusal kept; longer ones are cut to it.</summary>
    public static readonly TimeSpan LongestRefusal = TimeSpan.FromDays(365);
}

/// <summary>
/// What a framework would like, a wish and not a claim (the paper's future work): it steers which offers come to it
/// first and how they are cut, never how much it is due.
/// </summary>
/// <param name="Agents">Agents by hostname or id in order of preference; empty means any.</param>
/// <param name="Size">The resources of one task.</param>
/// <param name="Count">How many such tasks it would start now.</param>
/// <param name="Until">When the wish ends.</param>
public sealed record Hint(IReadOnlyList<string> Agents, Resources Size, int Count, DateTimeOffset Until);
