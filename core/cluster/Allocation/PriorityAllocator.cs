namespace Agora.Cluster.Allocation;

/// <summary>
/// Strict priorities between roles (the paper's §3.3): a lower one is offered only what no higher one wants. Equal
/// priorities and frameworks of one role share by dominant share.
/// </summary>
public sealed class PriorityAllocator : IAllocator
{
    public string Name => "priority";
    public bool InUnits => true;

    public int CompareRoles(Standing a, Standing b)
    {
        var byPriority = b.Priority.CompareTo(a.Priority);
        return byPriority != 0 ? byPriority : a.Share.CompareTo(b.Share);
    }

    public int CompareFrameworks(Standing a, Standing b) => a.Share.CompareTo(b.Share);
}
