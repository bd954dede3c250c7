namespace Agora.Spark.Records;

/// <summary>For types with an equality of their own that are to be keys.</summary>
public interface IStableHash
{
    /// <summary>
    /// The same in every process, and for values that are equal: unlike what <see cref="HashCode"/> or
    /// <see cref="string.GetHashCode()"/> say. Combine those of <see cref="StableHash{T}"/>.
    /// </summary>
    int GetStableHash();
}
