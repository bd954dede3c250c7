namespace Agora.Workloads.Recovery;

/// <summary>How far the cluster is at a moment, as the leader tells it.</summary>
/// <param name="Seconds">From the beginning.</param>
/// <param name="Accepted">Offers that each role's frameworks have accepted since this leader leads.</param>
/// <param name="Lost">Tasks that were lost or have failed since this leader leads.</param>
internal sealed record ProgressSample(double Seconds, long Epoch, IReadOnlyDictionary<string, long> Accepted, long Lost);
