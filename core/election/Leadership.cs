namespace Agora.Election;

/// <summary>A master's time as the leader.</summary>
/// <param name="Epoch">At least 1, and greater than that of every leader before; who obeys a master obeys no older one.</param>
/// <param name="Lost">
/// Cancelled before another can lead: from then on this master must decide nothing any more. A process that stands still
/// meanwhile hears it too late; against that the epoch is of use.
/// </param>
/// <param name="State">What leaders hand on; null where the election keeps nothing but the epoch.</param>
public sealed record Leadership(long Epoch, CancellationToken Lost, ILeaderState? State = null);
