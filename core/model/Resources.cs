using System.Diagnostics.CodeAnalysis;

namespace Agora;

/// <summary>
/// What an agent has, an offer holds or a task uses: named scalars, ranges and sets. Immutable; equal by content.
/// <para>Scalars are integers, so sums are exact: <c>cpus</c>, <c>gpus</c> and any name of one's own in thousandths,
/// <c>mem</c> and <c>disk</c> in bytes. A name with nothing of it is the same as a name that is not there.</para>
/// <para>Written as <c>cpus:4;mem:8192;ports:[31000-32000];disks:{d1,d2}</c> (<see cref="Parse"/>,
/// <see cref="ToString"/>); plain <c>mem</c> and <c>disk</c> numbers are MiB.</para>
/// </summary>
public sealed class Resources : IEquatable<Resources>
{
    public static readonly Resources Empty = new(0, 0, 0, 0, [], [], []);

    public const string CpusName = "cpus", MemName = "mem", DiskName = "disk", GpusName = "gpus", PortsName = "ports";

    /// <summary>Scalars of other names, sorted by name, none of them zero.</summary>
    private readonly KeyValuePair<string, long>[] _others;
    private readonly KeyValuePair<string, RangeSet>[] _ranges;
    private readonly KeyValuePair<string, StringSet>[] _sets;

    private Resources(long cpus, long mem, long disk, long gpus, KeyValuePair<string, long>[] others,
        KeyValuePair<string, RangeSet>[] ranges, KeyValuePair<string, StringSet>[] sets)
    {
        MilliCpus = cpus;
        MemBytes = mem;
        DiskBytes = disk;
        MilliGpus = gpus;
        _others = others;
        _ranges = ranges;
        _sets = sets;
    }

    /// <summary>Processors, in thousandths.</summary>
    public long MilliCpus { get; }

    /// <summary>Memory, in bytes.</summary>
    public long MemBytes { get; }

    /// <summary>Disk space, in bytes.</summary>
    public long DiskBytes { get; }

    /// <summary>Graphics processors, in thousandths.</summary>
    public long MilliGpus { get; }

    /// <summary>Scalars of other names, in thousandths, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> OtherScalars => _others;
    public IReadOnlyList<KeyValuePair<string, RangeSet>> Ranges => _ranges;
    public IReadOnlyList<KeyValuePair<string, StringSet>> Sets => _sets;

    public RangeSet Ports => RangesOf(PortsName);

    private bool OnlyCommonScalars => _others.Length == 0 && _ranges.Length == 0 && _sets.Length == 0;

    /// <summary>
    /// Without ranges and sets, which belong to one agent each: amounts of several agents can be added up, the ports of
    /// several agents cannot.
    /// </summary>
    public Resources Scalars => _ranges.Length == 0 && _sets.Length == 0 ? this
        : new Resources(MilliCpus, MemBytes, DiskBytes, MilliGpus, _others, [], []);

    public bool IsEmpty => MilliCpus == 0 && MemBytes == 0 && DiskBytes == 0 && MilliGpus == 0 && OnlyCommonScalars;

    /// <summary>Resources of the common kinds: processors (not thousandths), memory and disk in MiB.</summary>
    public static Resources Of(decimal cpus, long memMib, long diskMib = 0) =>
        FromScalars((long)(cpus * 1000), memMib << 20, diskMib << 20, 0);

    /// <summary>Resources of the common kinds in their own units: thousandths and bytes.</summary>
    public static Resources FromScalars(long milliCpus, long memBytes, long diskBytes = 0, long milliGpus = 0) =>
        milliCpus < 0 || memBytes < 0 || diskBytes < 0 || milliGpus < 0 ? throw new ArgumentException("resources cannot be negative")
            : new Resources(milliCpus, memBytes, diskBytes, milliGpus, [], [], []);

    public RangeSet RangesOf(string name)
    {
        foreach (var (key, value) in _ranges)
            if (key == name)
                return value;
        return RangeSet.Empty;
    }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not resources; the message says which part and why.</exception>
    public static Resources Parse(string text) =>
        ResourceFormat.TryParse(text, out var resources, out var error) ? resources : throw new FormatException(error);

    public static bool TryParse(string text, [NotNullWhen(true)] out Resources? resources,
        [NotNullWhen(false)] out string? error) => ResourceFormat.TryParse(text, out resources, out error);

    public override string ToString() => ResourceFormat.Format(this);

    public static Resources operator +(Resources a, Resources b)
    {
        if (a.OnlyCommonScalars)
            (a, b) = (b, a);
        if (b.OnlyCommonScalars)
        {
            return new Resources(checked(a.MilliCpus + b.MilliCpus), checked(a.MemBytes + b.MemBytes),
                checked(a.DiskBytes + b.DiskBytes), checked(a.MilliGpus + b.MilliGpus), a._others, a._ranges, a._sets);
        }
        var sum = new ResourcesBuilder(a);
        sum.Add(b);
        return sum.Build();
    }

    /// <exception cref="InvalidOperationException"><paramref name="b"/> is not contained in <paramref name="a"/>.</exception>
    public static Resources operator -(Resources a, Resources b)
    {
        if (ReferenceEquals(a, b))
            return Empty;
        if (!a.Contains(b))
            throw new InvalidOperationException($"cannot take [{b}] out of [{a}]");
        if (b.OnlyCommonScalars)
        {
            return new Resources(a.MilliCpus - b.MilliCpus, a.MemBytes - b.MemBytes, a.DiskBytes - b.DiskBytes,
                a.MilliGpus - b.MilliGpus, a._others, a._ranges, a._sets);
        }
        var rest = new ResourcesBuilder(a);
        rest.Remove(b);
        return rest.Build();
    }

    /// <summary>True if <paramref name="other"/> fits into these resources.</summary>
    public bool Contains(Resources other)
    {
        if (other.MilliCpus > MilliCpus || other.MemBytes > MemBytes ||
            other.DiskBytes > DiskBytes || other.MilliGpus > MilliGpus)
            return false;
        foreach (var (name, amount) in other._others)
            if (OtherScalar(name) < amount)
                return false;
        foreach (var (name, ranges) in other._ranges)
            if (!RangesOf(name).Contains(ranges))
                return false;
        foreach (var (name, set) in other._sets)
            if (!SetOf(name).Contains(set))
                return false;
        return true;
    }

    /// <summary>The smaller amount of every scalar; ranges and sets are left out.</summary>
    public static Resources MinScalars(Resources a, Resources b) => FromScalars(
        Math.Min(a.MilliCpus, b.MilliCpus), Math.Min(a.MemBytes, b.MemBytes),
        Math.Min(a.DiskBytes, b.DiskBytes), Math.Min(a.MilliGpus, b.MilliGpus));

    /// <summary>What of these scalars exceeds <paramref name="other"/>'s, never below zero; ranges and sets are left out.</summary>
    public Resources ScalarsBeyond(Resources other) => FromScalars(
        Math.Max(0, MilliCpus - other.MilliCpus), Math.Max(0, MemBytes - other.MemBytes),
        Math.Max(0, DiskBytes - other.DiskBytes), Math.Max(0, MilliGpus - other.MilliGpus));

    /// <summary>How many times the scalars of <paramref name="part"/> fit into these; ranges and sets do not count.</summary>
    public long ScalarsDividedBy(Resources part)
    {
        var times = long.MaxValue;
        if (part.MilliCpus > 0)
            times = Math.Min(times, MilliCpus / part.MilliCpus);
        if (part.MemBytes > 0)
            times = Math.Min(times, MemBytes / part.MemBytes);
        if (part.DiskBytes > 0)
            times = Math.Min(times, DiskBytes / part.DiskBytes);
        if (part.MilliGpus > 0)
            times = Math.Min(times, MilliGpus / part.MilliGpus);
        foreach (var (name, amount) in part._others)
            times = Math.Min(times, OtherScalar(name) / amount);
        return times;
    }

    /// <summary>These resources with every scalar multiplied; ranges and sets stay as they are.</summary>
    public Resources ScalarsTimes(long times) => new(checked(MilliCpus * times), checked(MemBytes * times),
        checked(DiskBytes * times), checked(MilliGpus * times),
        times == 0 ? [] : [.. _others.Select(o => KeyValuePair.Create(o.Key, checked(o.Value * times)))], _ranges, _sets);

    /// <summary>The amount of a scalar of another name than the four common ones, in thousandths.</summary>
    public long OtherScalar(string name)
    {
        foreach (var (key, value) in _others)
            if (key == name)
                return value;
        return 0;
    }

    public StringSet SetOf(string name)
    {
        foreach (var (key, value) in _sets)
            if (key == name)
                return value;
        return StringSet.Empty;
    }

    public bool Equals(Resources? other) =>
        other is not null && MilliCpus == other.MilliCpus && MemBytes == other.MemBytes &&
        DiskBytes == other.DiskBytes && MilliGpus == other.MilliGpus &&
        _others.AsSpan().SequenceEqual(other._others) &&
        _ranges.AsSpan().SequenceEqual(other._ranges) && _sets.AsSpan().SequenceEqual(other._sets);

    public override bool Equals(object? obj) => Equals(obj as Resources);
    public static bool operator ==(Resources? a, Resources? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(Resources? a, Resources? b) => !(a == b);

    public override int GetHashCode() =>
        HashCode.Combine(MilliCpus, MemBytes, DiskBytes, MilliGpus, _others.Length, _ranges.Length, _sets.Length);

    internal static Resources Create(long cpus, long mem, long disk, long gpus, KeyValuePair<string, long>[] others,
        KeyValuePair<string, RangeSet>[] ranges, KeyValuePair<string, StringSet>[] sets) =>
        new(cpus, mem, disk, gpus, others, ranges, sets);
}
