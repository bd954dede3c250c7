namespace Agora.Workloads.Isolation;

/// <summary>How long requests took, in milliseconds, under one way to isolate.</summary>
/// <param name="Isolation">As <c>agora agent --isolation</c> has it.</param>
/// <param name="Alone">While nothing else runs.</param>
/// <param name="Beside">Beside the hog.</param>
internal sealed record HogTimes(string Isolation, IReadOnlyList<double> Alone, IReadOnlyList<double> Beside)
{
    public double SlowDown => Measures.Median(Beside) / Measures.Median(Alone);

    public double TailSlowDown => Tail(Beside) / Tail(Alone);

    /// <summary>What 95 of 100 do not exceed.</summary>
    public static double Tail(IReadOnlyList<double> values)
    {
        const double part = 0.95;
        var ordered = values.Order().ToList();
        return ordered[(int)Math.Ceiling(part * ordered.Count) - 1];
    }
}
