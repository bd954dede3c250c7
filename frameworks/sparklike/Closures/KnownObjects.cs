using System.Globalization;
using System.Text;

namespace Agora.Spark.Closures;

/// <summary>Objects that travel by name, since they are the process's own or one of a kind.</summary>
internal static class KnownObjects
{
    private static readonly (string Name, object Value)[] Singletons =
    [
        ("comparer ordinal", StringComparer.Ordinal),
        ("comparer ordinal-ignore-case", StringComparer.OrdinalIgnoreCase),
        ("comparer invariant", StringComparer.InvariantCulture),
        ("comparer invariant-ignore-case", StringComparer.InvariantCultureIgnoreCase),
        ("dbnull", DBNull.Value),
        ("missing", Type.Missing),
        ("random", Random.Shared),
        ("time", TimeProvider.System),
    ];

    public static string? NameOf(object value)
    {
        foreach (var (name, known) in Singletons)
            if (ReferenceEquals(known, value))
                return name;
        return value switch
        {
            CultureInfo culture => $"culture {culture.Name}",
            CompareInfo compare => $"compare {compare.Name}",
            TextInfo text => $"text {text.CultureName}",
            TimeZoneInfo zone => $"zone {zone.Id}",
            Encoding encoding when encoding.GetType().Assembly == typeof(Encoding).Assembly && encoding.GetPreamble().Length == 0 => $"encoding {encoding.CodePage}",
            Encoding encoding when encoding.GetType().Assembly == typeof(Encoding).Assembly => $"preamble {encoding.CodePage}",
            Lock => "lock",
            _ => null,
        };
    }

    public static object Find(string name)
    {
        foreach (var (known, value) in Singletons)
            if (known == name)
                return value;
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        var rest = name[(space + 1)..];
        return (space < 0 ? name : name[..space]) switch
        {
            "culture" => CultureInfo.GetCultureInfo(rest),
            "compare" => CompareInfo.GetCompareInfo(rest),
            "text" => CultureInfo.GetCultureInfo(rest).TextInfo,
            "zone" => TimeZoneInfo.FindSystemTimeZoneById(rest),
            "encoding" => rest == "65001" ? new UTF8Encoding(false) : Encoding.GetEncoding(int.Parse(rest)),
            "preamble" => Encoding.GetEncoding(int.Parse(rest)),
            "lock" => Activator.CreateInstance(typeof(Lock), nonPublic: false)!,
            _ => throw new ClosureException($"a shipped function names '{name}', which is not known here: driver and executors must run the same Agora"),
        };
    }
}
