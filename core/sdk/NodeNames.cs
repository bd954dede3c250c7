namespace Agora.Sdk;

/// <summary>Orders names of nodes as people do: node2 before node10.</summary>
public static class NodeNames
{
    public static readonly IComparer<string> Order = Comparer<string>.Create(Compare);

    private static int Compare(string? a, string? b)
    {
        var (x, y) = (Split(a!), Split(b!));
        var byPrefix = string.CompareOrdinal(x.Prefix, y.Prefix);
        if (byPrefix != 0)
            return byPrefix;
        return x.Number != y.Number ? x.Number.CompareTo(y.Number) : string.CompareOrdinal(a, b);
    }

    private static (string Prefix, long Number) Split(string name)
    {
        var digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1]))
            digits--;
        return long.TryParse(name.AsSpan(digits), out var number) ? (name[..digits], number) : (name, -1);
    }
}
