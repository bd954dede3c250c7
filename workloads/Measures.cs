using System.Globalization;

namespace Agora.Workloads;

/// <summary>A table of measures, each with what it was held against in the same run and what it is to reach.</summary>
internal sealed class Measures
{
    private readonly List<string[]> _rows = [["MEASURE", "VALUE", "UNIT", "REFERENCE", "RATIO", "TARGET"]];

    /// <summary>Adds a line, and shows it at once on standard error.</summary>
    /// <param name="reference">The same measured without Agora; null where there is no such thing.</param>
    /// <param name="isGood">False marks the target as missed.</param>
    public void Add(string measure, double value, string unit, double? reference, string target, bool isGood)
    {
        string[] row = [measure, Number(value), unit, reference is { } r ? Number(r) : "",
            reference is { } of ? (value / of).ToString("0.00", CultureInfo.InvariantCulture) : "", isGood ? target : target + " !"];
        _rows.Add(row);
        Console.Error.WriteLine(string.Join("  ", row));
    }

    public void Print()
    {
        var widths = Enumerable.Range(0, _rows[0].Length).Select(i => _rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in _rows)
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => i is 1 or 3 or 4
                ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
    }

    public static double Median(int runs, Func<double> measure) => Median(Enumerable.Range(0, runs).Select(_ => measure()));

    public static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered[ordered.Count / 2];
    }

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
