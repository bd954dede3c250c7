namespace Agora.Workloads.Fuzz;

/// <summary>Something that reads what others wrote.</summary>
/// <param name="Examples">Good inputs to begin with.</param>
/// <param name="Words">Pieces that mean something to it.</param>
/// <param name="Try">Reads an input; what it returns tells ways through it apart. An exception is a finding.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Examples, IReadOnlyList<string> Words, Func<byte[], string> Try)
{
    /// <summary>Makes an input from nothing; null where mutation alone is to find them.</summary>
    public Func<Random, byte[]>? Generate { get; init; }

    /// <summary>The most that an input may have allocated, in bytes, beside a thousand times its length.</summary>
    public long AllocatedBytesMax { get; init; } = 1 << 20;
}
