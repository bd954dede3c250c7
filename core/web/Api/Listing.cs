using System.Text.Json;

namespace Agora.Web.Api;

/// <summary>A kind of list: how its items are searched, sorted and written.</summary>
/// <param name="text">Texts of an item that are searched.</param>
/// <param name="sorts">What it can be sorted by.</param>
internal sealed class Listing<T>(Func<T, IEnumerable<string?>> text, Dictionary<string, Func<T, IComparable?>> sorts, Action<Utf8JsonWriter, T> write)
{
    /// <returns>What is wrong with the query; null if nothing is.</returns>
    public string? Check(ListQuery query) => query.Sort.Length == 0 || sorts.ContainsKey(query.Sort) ? null
        : $"it cannot be sorted by '{query.Sort}', but by {string.Join(", ", sorts.Keys)}";

    public List<T> Find(IEnumerable<T> items, ListQuery query) => [.. query.Text.Length == 0 ? items
        : items.Where(i => text(i).Any(t => t is not null && t.Contains(query.Text, StringComparison.OrdinalIgnoreCase)))];

    /// <summary>Writes <c>"total"</c>, <c>"offset"</c> and <c>"items"</c> into the object that is open.</summary>
    public void WritePart(Utf8JsonWriter json, List<T> found, ListQuery query)
    {
        json.WriteNumber("total", found.Count);
        json.WriteNumber("offset", query.Offset);
        json.WriteStartArray("items");
        foreach (var item in Sorted(found, query).Skip(query.Offset).Take(query.Limit))
            write(json, item);
        json.WriteEndArray();
    }

    private IEnumerable<T> Sorted(List<T> found, ListQuery query)
    {
        if (query.Sort.Length == 0)
            return found;
        var key = sorts[query.Sort];
        return query.IsDescending ? found.OrderByDescending(key, Order) : found.OrderBy(key, Order);
    }

    private static readonly Comparer<IComparable?> Order = Comparer<IComparable?>.Create((a, b) =>
        (a, b) is (string x, string y) ? CountedNames.Compare(x, y) : Comparer<IComparable?>.Default.Compare(a, b));
}
