namespace Agora.Spark;

/// <summary>A partition of a persisted dataset.</summary>
public readonly record struct BlockId(int RddId, int Partition)
{
    public override string ToString() => $"rdd_{RddId}_{Partition}";
}
