namespace Agora.Spark;

/// <summary>So many of any number of records, each as likely as another (Vitter's algorithm R).</summary>
internal static class Reservoir
{
    public static (T[] Sample, long Count) Of<T>(IEnumerable<T> records, int size, Random random)
    {
        var sample = new List<T>();
        var count = 0L;
        foreach (var record in records)
        {
            count++;
            if (sample.Count < size)
                sample.Add(record);
            else if (random.NextInt64(count) is var place && place < size)
                sample[(int)place] = record;
        }
        return ([.. sample], count);
    }
}
