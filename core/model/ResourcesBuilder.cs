namespace Agora;

/// <summary>Gathers the parts of <see cref="Resources"/>; amounts in the same units.</summary>
public sealed class ResourcesBuilder
{
    private readonly SortedDictionary<string, long> _others = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, RangeSet> _ranges = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, StringSet> _sets = new(StringComparer.Ordinal);

    public ResourcesBuilder()
    {
    }

    public ResourcesBuilder(Resources start) => Add(start);

    public long MilliCpus { get; set; }
    public long MemBytes { get; set; }
    public long DiskBytes { get; set; }
    public long MilliGpus { get; set; }

    /// <summary>Adds a scalar by name: bytes for <c>mem</c> and <c>disk</c>, thousandths for all others.</summary>
    public void AddScalar(string name, long amount)
    {
        switch (name)
        {
            case Resources.CpusName: MilliCpus = checked(MilliCpus + amount); break;
            case Resources.MemName: MemBytes = checked(MemBytes + amount); break;
            case Resources.DiskName: DiskBytes = checked(DiskBytes + amount); break;
            case Resources.GpusName: MilliGpus = checked(MilliGpus + amount); break;
            default: _others[name] = checked(_others.GetValueOrDefault(name) + amount); break;
        }
    }

    public void AddRanges(string name, RangeSet ranges) =>
        _ranges[name] = _ranges.TryGetValue(name, out var had) ? had.Union(ranges) : ranges;

    public void AddSet(string name, StringSet set) =>
        _sets[name] = _sets.TryGetValue(name, out var had) ? had.Union(set) : set;

    public void Add(Resources more)
    {
        MilliCpus = checked(MilliCpus + more.MilliCpus);
        MemBytes = checked(MemBytes + more.MemBytes);
        DiskBytes = checked(DiskBytes + more.DiskBytes);
        MilliGpus = checked(MilliGpus + more.MilliGpus);
        foreach (var (name, amount) in more.OtherScalars)
            AddScalar(name, amount);
        foreach (var (name, ranges) in more.Ranges)
            AddRanges(name, ranges);
        foreach (var (name, set) in more.Sets)
            AddSet(name, set);
    }

    internal void Remove(Resources less)
    {
        MilliCpus -= less.MilliCpus;
        MemBytes -= less.MemBytes;
        DiskBytes -= less.DiskBytes;
        MilliGpus -= less.MilliGpus;
        foreach (var (name, amount) in less.OtherScalars)
            _others[name] -= amount;
        foreach (var (name, ranges) in less.Ranges)
            _ranges[name] = _ranges[name].Except(ranges);
        foreach (var (name, set) in less.Sets)
            _sets[name] = _sets[name].Except(set);
    }

    /// <exception cref="ArgumentException">An amount is negative.</exception>
    public Resources Build()
    {
        if (MilliCpus < 0 || MemBytes < 0 || DiskBytes < 0 || MilliGpus < 0 || _others.Values.Any(v => v < 0))
            throw new ArgumentException("resources cannot be negative");
        return Resources.Create(MilliCpus, MemBytes, DiskBytes, MilliGpus,
            [.. _others.Where(p => p.Value != 0)],
            [.. _ranges.Where(p => !p.Value.IsEmpty)],
            [.. _sets.Where(p => !p.Value.IsEmpty)]);
    }
}
