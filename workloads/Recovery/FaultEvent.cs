namespace Agora.Workloads.Recovery;

/// <summary>A fault of the schedule as it came about.</summary>
/// <param name="At">Seconds from the beginning.</param>
/// <param name="Victim">Pid and command, or the link; null if there was none of its kind.</param>
internal sealed record FaultEvent(Fault Fault, double At, string? Victim);
