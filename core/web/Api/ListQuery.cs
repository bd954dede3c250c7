namespace Agora.Web.Api;

/// <summary>Which part of a list is asked for: <c>?offset=0&amp;limit=100&amp;sort=-cpus&amp;q=text</c>.</summary>
/// <param name="Sort">Name of what to sort by; empty for the list's own order.</param>
/// <param name="Text">Only what has this text, whatever its case; empty for all.</param>
internal sealed record ListQuery(int Offset, int Limit, string Sort, bool IsDescending, string Text)
{
    public const int LimitDefault = 100, LimitMax = 1_000, TextMax = 256;

    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? TryRead(IQueryCollection query, out ListQuery read)
    {
        var (offset, limit) = (0, LimitDefault);
        var (sort, text) = (query["sort"].ToString(), query["q"].ToString());
        read = new ListQuery(0, limit, sort.TrimStart('-'), sort.StartsWith('-'), text);
        if (query["offset"] is { Count: > 0 } from && (!int.TryParse(from, out offset) || offset < 0))
            return $"offset '{from}' is not a whole number from 0";
        if (query["limit"] is { Count: > 0 } many && (!int.TryParse(many, out limit) || limit is < 0 or > LimitMax))
            return $"limit '{many}' is not a whole number from 0 to {LimitMax}";
        if (text.Length > TextMax)
            return $"q is longer than {TextMax} characters";
        read = read with { Offset = offset, Limit = limit };
        return null;
    }
}
