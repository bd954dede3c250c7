using System.Globalization;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Numbers as Java's <c>Double.toString</c> and <c>Float.toString</c> write them.</summary>
internal static class JavaDouble
{
    /// <summary>Numbers from the first to below the second are written without an exponent.</summary>
    private const double PlainFrom = 1e-3, PlainBelow = 1e7;

    public static string Text(double value) => Text(value, digitsMax: 17, d => value.ToString(d, CultureInfo.InvariantCulture),
        text => double.Parse(text, CultureInfo.InvariantCulture) == value);

    public static string Text(float value) => Text(value, digitsMax: 9, d => value.ToString(d, CultureInfo.InvariantCulture),
        text => float.Parse(text, CultureInfo.InvariantCulture) == value);

    /// <param name="digitsMax">That tell any two numbers of the type apart.</param>
    /// <param name="isSame">True if a text is read as the number.</param>
    private static string Text(double value, int digitsMax, Func<string, string> format, Func<string, bool> isSame)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        if (value == 0)
            return double.IsNegative(value) ? "-0.0" : "0.0";
        if (Math.Abs(value) is >= PlainFrom and < PlainBelow)
        {
            var plain = format("R");
            return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
        }
        var text = "";
        for (var digits = 1; digits < digitsMax; digits++)
        {
            text = format($"E{digits}");
            if (isSame(text))
                break;
        }
        var e = text.IndexOf('E', StringComparison.Ordinal);
        return $"{text[..e]}E{int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture)}";
    }
}
