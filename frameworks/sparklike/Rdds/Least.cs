namespace Agora.Spark;

internal static class Least
{
    private const int BufferMin = 256;

    /// <summary>The least records in their order; of equal ones, those that come first.</summary>
    public static T[] Of<T>(IEnumerable<T> records, int count, IComparer<T> order)
    {
        var best = new List<T>();
        var bufferMax = (int)Math.Max(BufferMin, Math.Min(2L * count, Array.MaxLength));
        foreach (var record in records)
        {
            best.Add(record);
            if (best.Count >= bufferMax && best.Count > count)
                best = Sorted(best, count, order);
        }
        return [.. Sorted(best, count, order)];
    }

    private static List<T> Sorted<T>(List<T> records, int count, IComparer<T> order) =>
        [.. records.Order(order).Take(count)];
}
