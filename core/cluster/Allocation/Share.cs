namespace Agora.Cluster.Allocation;

/// <summary>
/// A part of the cluster as an exact fraction, so that equal shares compare equal whatever way they came about
/// (a sum of doubles would flip ties).
/// </summary>
public readonly struct Share : IComparable<Share>
{
    public static readonly Share Zero = new(0, 1);

    /// <summary>Totals above this many units are scaled down with what is held of them, so that products fit 128 bits.</summary>
    private const int TotalBitsMax = 52;

    private readonly ulong _held;
    private readonly UInt128 _of;

    private Share(ulong held, UInt128 of)
    {
        _held = held;
        _of = of;
    }

    /// <summary>The share as a number for people; 1 is everything.</summary>
    public double Value => (double)_held / (double)_of;

    /// <summary>
    /// The dominant share: the largest part held of any scalar resource (Ghodsi et al., NSDI'11, §4.1), divided by
    /// the weight (§4.3). Resources the cluster has none of do not count.
    /// </summary>
    /// <param name="weightMilli">The weight in thousandths, 1 to 1,000,000.</param>
    public static Share Dominant(Resources held, Resources total, long weightMilli)
    {
        var (part, of) = (0UL, 1UL);
        Larger(held.MilliCpus, total.MilliCpus, ref part, ref of);
        Larger(held.MemBytes, total.MemBytes, ref part, ref of);
        Larger(held.DiskBytes, total.DiskBytes, ref part, ref of);
        Larger(held.MilliGpus, total.MilliGpus, ref part, ref of);
        foreach (var (name, amount) in held.OtherScalars)
            Larger(amount, total.OtherScalar(name), ref part, ref of);
        return new Share(part * 1000, (UInt128)of * (ulong)weightMilli);
    }

    private static void Larger(long held, long total, ref ulong part, ref ulong of)
    {
        if (held <= 0 || total <= 0)
            return;
        var (h, t) = ((ulong)held, (ulong)total);
        var excess = 64 - TotalBitsMax - System.Numerics.BitOperations.LeadingZeroCount(t);
        if (excess > 0)
            (h, t) = (h >> excess, t >> excess);
        if ((UInt128)h * of > (UInt128)part * t)
            (part, of) = (h, t);
    }

    public int CompareTo(Share other) => _of == other._of
        ? _held.CompareTo(other._held)
        : (_held * other._of).CompareTo(other._held * _of);

    public override string ToString() => Value.ToString("P1");
}
