namespace Agora.Workloads.Simulated.Macro;

/// <summary>What one run gave.</summary>
/// <param name="Samples">At even times from the beginning to the last job's end.</param>
/// <param name="Mixes">Names of the frameworks.</param>
internal sealed record MacroRun(MacroSetup Setup, IReadOnlyList<string> Mixes, IReadOnlyList<MacroJob> Jobs, IReadOnlyList<MacroSample> Samples)
{
    /// <summary>When the last job ended.</summary>
    public double Makespan => Jobs.Max(j => j.Ended);

    /// <summary>Maps that ran beside their data, and all maps.</summary>
    public (long Local, long All) Locality { get; init; }

    public OfferCounts Counts { get; init; }

    /// <summary>How long parallel jobs waited for their processors, in seconds.</summary>
    public IReadOnlyList<double> Waits { get; init; } = [];

    public double Cpu => Samples.Average(s => s.Cpu.Sum());
    public double Memory => Samples.Average(s => s.Memory.Sum());

    public double LocalShare => Locality.Local / (double)Locality.All;

    public double Sum(string framework) => Jobs.Where(j => j.Framework == framework).Sum(j => j.Seconds);

    public double Mean(string type) => Jobs.Where(j => j.Type == type).Average(j => j.Seconds);

    /// <summary>One run of what several runs on parts of the cluster gave.</summary>
    public static MacroRun Join(IReadOnlyList<MacroRun> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var longest = parts.MaxBy(p => p.Samples.Count)!;
        List<MacroSample> samples = [];
        for (var i = 0; i < longest.Samples.Count; i++)
            samples.Add(new MacroSample(longest.Samples[i].At,
                [.. parts.Select(p => i < p.Samples.Count ? p.Samples[i].Cpu[0] : 0)],
                [.. parts.Select(p => i < p.Samples.Count ? p.Samples[i].Memory[0] : 0)]));
        return new MacroRun(longest.Setup, [.. parts.SelectMany(p => p.Mixes)], [.. parts.SelectMany(p => p.Jobs)], samples)
        {
            Locality = (parts.Sum(p => p.Locality.Local), parts.Sum(p => p.Locality.All)),
            Counts = OfferCounts.Sum(parts.Select(p => p.Counts)),
            Waits = [.. parts.SelectMany(p => p.Waits)],
        };
    }
}

/// <summary>Who holds what at a moment, as parts of the whole cluster, in the order of the mixes.</summary>
/// <param name="At">Seconds from the beginning.</param>
internal sealed record MacroSample(double At, double[] Cpu, double[] Memory);
