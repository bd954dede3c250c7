namespace Agora.Web.Api;

/// <summary>Orders names with numbers in them as people count: node2 before node10.</summary>
internal static class CountedNames
{
    public static int Compare(string a, string b)
    {
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var x = Number(a, ref i);
                var y = Number(b, ref j);
                var order = x.Length != y.Length ? x.Length.CompareTo(y.Length) : x.SequenceCompareTo(y);
                if (order != 0)
                    return order;
            }
            else if (a[i] != b[j])
            {
                return a[i].CompareTo(b[j]);
            }
            else
            {
                (i, j) = (i + 1, j + 1);
            }
        }
        // What differs in leading zeros only still has an order.
        return (a.Length - i).CompareTo(b.Length - j) is var rest and not 0 ? rest : string.CompareOrdinal(a, b);
    }

    /// <summary>The digits from there, without leading zeros.</summary>
    private static ReadOnlySpan<char> Number(string text, ref int at)
    {
        var begin = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(begin, at - begin).TrimStart('0');
    }
}
