namespace Agora.Workloads.Simulated.Macro;

/// <summary>One job. Times in seconds from the experiment's beginning.</summary>
/// <param name="Type">As in the paper's table 5.</param>
internal readonly record struct MacroJob(string Framework, string Type, double Submitted, double Ended)
{
    /// <summary>What its user waited.</summary>
    public double Seconds => Ended - Submitted;
}
