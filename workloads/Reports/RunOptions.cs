namespace Agora.Workloads.Reports;

/// <summary>What an experiment is run with.</summary>
/// <param name="Seed">The first run's; the others follow.</param>
/// <param name="Seeds">Runs whose mean or median is reported; null for the experiment's own number.</param>
/// <param name="Quick">A smaller experiment: under 30 s where it is simulated.</param>
/// <param name="Agents">Size of the cluster, for experiments that have one to choose; null for the experiment's own.</param>
/// <param name="Directory">Where its report will be, for what is worth seeing before the end; null for nowhere.</param>
internal sealed record RunOptions(ulong Seed = 1, int? Seeds = null, bool Quick = false, int? Agents = null, string? Directory = null);
