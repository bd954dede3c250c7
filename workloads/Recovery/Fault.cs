namespace Agora.Workloads.Recovery;

/// <param name="At">Seconds from the beginning.</param>
/// <param name="Seconds">How long it lasts; 0 for a kill.</param>
/// <param name="Pick">Which one where there are several: the number of them divides it.</param>
internal sealed record Fault(double At, Target Target, Blow Blow, double Seconds, int Pick)
{
    /// <summary>For tables and metrics, such as <c>kill-spark-driver</c>.</summary>
    public string Kind => string.Concat($"{Blow}-{Target}".Select((c, i) =>
        char.IsAsciiLetterUpper(c) ? (i > 0 && $"{Blow}-{Target}"[i - 1] != '-' ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));
}
