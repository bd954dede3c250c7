namespace Agora.Hadoop.Tasks;

/// <summary>Which reduce a key goes to: by Hadoop's hash of the key, or of parts of it.</summary>
internal sealed class KeyPartitioner(KeyFields? fields, int partitions)
{
    public int PartitionOf(ReadOnlySpan<byte> key)
    {
        if (partitions == 1)
            return 0;
        var hash = fields?.Hash(key) ?? HashBytes(key);
        return (hash & int.MaxValue) % partitions;
    }

    /// <summary>Hadoop's <c>Text.hashCode</c>.</summary>
    public static int HashBytes(ReadOnlySpan<byte> key)
    {
        var hash = 1;
        foreach (var b in key)
            hash = (31 * hash) + (sbyte)b;
        return hash;
    }
}
