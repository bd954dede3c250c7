namespace Agora.Mpi.Scheduling;

/// <summary>How ranks are spread over nodes.</summary>
public enum Mapping
{
    /// <summary>As few nodes as there may be, each filled before the next.</summary>
    Slot,

    /// <summary>One rank a node, round and round.</summary>
    Node,
}

/// <summary>What an MPI job wants of the cluster: all of its slots, or nothing.</summary>
/// <param name="Slots">One for each rank, and for those it may spawn.</param>
/// <param name="PerSlot">What each slot holds.</param>
/// <param name="OnlyHosts">Agents by hostname that may be used; null for any.</param>
/// <param name="WaitMax">How long to wait for them.</param>
/// <param name="HostCommand">Starts an <c>MpiHost</c> on an agent.</param>
/// <param name="Token">What its clients show.</param>
public sealed record GangRequest(
    string Name, string User, string Role, int Slots, Resources PerSlot, Mapping Mapping,
    IReadOnlyList<string>? OnlyHosts, TimeSpan WaitMax, IReadOnlyList<string> HostCommand, string Token)
{
    /// <summary>What an <c>MpiHost</c> itself holds, besides its ranks; no processor, since it sleeps while they run.</summary>
    public static readonly Resources HostOverhead = Resources.Of(0, 32);

    /// <summary>How many slots fit into these resources, the host's own part taken off.</summary>
    public int SlotsIn(Resources free)
    {
        var slots = 0;
        var needed = HostOverhead;
        // Job sizes are small numbers, and this is exact for every kind of resource.
        while (slots < Slots && free.Contains(needed += PerSlot))
            slots++;
        return slots;
    }
}
