namespace Agora.Workloads.Simulated;

/// <summary>What a simulated experiment is run with.</summary>
/// <param name="Seed">The first run's; the others follow.</param>
/// <param name="Seeds">Runs whose mean is reported; null for the experiment's own number.</param>
/// <param name="Quick">A smaller experiment, for under 30 s.</param>
internal sealed record RunOptions(ulong Seed = 1, int? Seeds = null, bool Quick = false);
