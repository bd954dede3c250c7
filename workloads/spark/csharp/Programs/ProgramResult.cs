namespace Agora.Spark.Programs;

/// <param name="Lines">The result, for people.</param>
/// <param name="Check">Computes it once more in plain C#; says what is different, null for nothing.</param>
internal sealed record ProgramResult(IReadOnlyList<string> Lines, Func<string?> Check)
{
    /// <summary>Sums in another order differ in their last digits.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>Null if the numbers are the same but for rounding.</summary>
    public static string? Difference(string what, IReadOnlyList<double> there, IReadOnlyList<double> here)
    {
        if (there.Count != here.Count)
            return $"{what}: {there.Count} numbers, not {here.Count}";
        for (var i = 0; i < there.Count; i++)
            if (Math.Abs(there[i] - here[i]) > Tolerance * Math.Max(1, Math.Abs(here[i])))
                return $"{what}[{i}] is {there[i]:R}, not {here[i]:R}";
        return null;
    }
}
