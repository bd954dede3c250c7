namespace Agora.Workloads.Live.Macro;

/// <summary>When a job was submitted and when it had ended, in seconds from the beginning of the run.</summary>
internal sealed record MacroTime(MacroJob Job, double Submitted, double Ended)
{
    public double Seconds => Ended - Submitted;
}
