namespace Agora.Spark;

/// <summary>Where the partitions of a dataset are kept between jobs.</summary>
/// <param name="UsesMemory">In the executor's memory, as far as there is room.</param>
/// <param name="UsesDisk">In files where there is no room in memory.</param>
/// <param name="IsSerialized">In memory as bytes: slower to read, smaller.</param>
/// <param name="Replicas">On how many executors; 1 or more.</param>
public sealed record StorageLevel(bool UsesMemory, bool UsesDisk, bool IsSerialized, int Replicas = 1)
{
    public static readonly StorageLevel None = new(false, false, false);
    public static readonly StorageLevel DiskOnly = new(false, true, true);
    public static readonly StorageLevel DiskOnly2 = DiskOnly with { Replicas = 2 };
    public static readonly StorageLevel DiskOnly3 = DiskOnly with { Replicas = 3 };
    public static readonly StorageLevel MemoryOnly = new(true, false, false);
    public static readonly StorageLevel MemoryOnly2 = MemoryOnly with { Replicas = 2 };
    public static readonly StorageLevel MemoryOnlySer = new(true, false, true);
    public static readonly StorageLevel MemoryOnlySer2 = MemoryOnlySer with { Replicas = 2 };
    public static readonly StorageLevel MemoryAndDisk = new(true, true, false);
    public static readonly StorageLevel MemoryAndDisk2 = MemoryAndDisk with { Replicas = 2 };
    public static readonly StorageLevel MemoryAndDiskSer = new(true, true, true);
    public static readonly StorageLevel MemoryAndDiskSer2 = MemoryAndDiskSer with { Replicas = 2 };

    public bool IsKept => UsesMemory || UsesDisk;
}
