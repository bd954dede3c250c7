namespace Agora.Workloads.Simulated.Macro;

/// <summary>One of the four workloads, on the scheduler of its framework.</summary>
internal interface IMix
{
    /// <summary>As in the paper's table 4, in kebab-case; also its role.</summary>
    string Name { get; }

    bool IsDone { get; }

    /// <summary>Those that have ended.</summary>
    IReadOnlyList<MacroJob> Jobs { get; }

    /// <summary>So far.</summary>
    OfferCounts Counts { get; }

    /// <summary>Begins to submit its jobs at their times.</summary>
    void Start();
}
