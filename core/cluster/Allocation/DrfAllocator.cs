namespace Agora.Cluster.Allocation;

/// <summary>
/// Weighted dominant resource fairness (Ghodsi et al., NSDI'11): the lowest dominant share goes first, over roles by
/// weight and then over the frameworks of a role. A framework whose next task fits nowhere is skipped, not waited for.
/// </summary>
public sealed class DrfAllocator : IAllocator
{
    public string Name => "drf";
    public bool InUnits => true;
    public int CompareRoles(Standing a, Standing b) => a.Share.CompareTo(b.Share);
    public int CompareFrameworks(Standing a, Standing b) => a.Share.CompareTo(b.Share);
}
