using System.Globalization;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Numbers as Java's <c>Double.toString</c> writes them.</summary>
internal static class JavaDouble
{
    /// <summary>Numbers from the first to below the second are written without an exponent.</summary>
    private const double PlainFrom = 1e-3, PlainBelow = 1e7;

    public static string Text(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        if (value == 0)
            return double.IsNegative(value) ? "-0.0" : "0.0";
        if (Math.Abs(value) is >= PlainFrom and < PlainBelow)
        {
            var plain = value.ToString("R", CultureInfo.InvariantCulture);
            return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
        }
        var text = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 1; digits <= 16; digits++)
        {
            text = value.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) == value)
                break;
        }
        var e = text.IndexOf('E', StringComparison.Ordinal);
        return $"{text[..e]}E{int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture)}";
    }
}
