namespace Agora.Spark;

/// <summary>Chance that is the same each time a partition is computed.</summary>
internal static class Sampling
{
    public static int AnySeed() => Random.Shared.Next();

    public static void Check(bool withReplacement, double fraction)
    {
        if (!(fraction >= 0) || double.IsInfinity(fraction) || (!withReplacement && fraction > 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction,
                withReplacement ? "a fraction with replacement is 0 or more" : "a fraction without replacement is from 0 to 1");
    }

    /// <summary>The records whose draw falls between two bounds.</summary>
    public static IEnumerable<T> Bernoulli<T>(IEnumerable<T> records, double low, double high, int seed, int partition)
    {
        var random = Of(seed, partition);
        foreach (var record in records)
            if (random.NextDouble() is var draw && draw >= low && draw < high)
                yield return record;
    }

    /// <summary>Each record as often as a Poisson variable says.</summary>
    public static IEnumerable<T> Poisson<T>(IEnumerable<T> records, double mean, int seed, int partition)
    {
        var random = Of(seed, partition);
        foreach (var record in records)
            for (var times = Poisson(random, mean); times > 0; times--)
                yield return record;
    }

    /// <summary>
    /// A fraction that gives as many records or more nearly always: without replacement by Chernoff's bound (failing once
    /// in 10,000), with it by five standard deviations of Poisson's distribution, nine for small numbers.
    /// </summary>
    public static double FractionFor(int count, long total, bool withReplacement)
    {
        var fraction = (double)count / total;
        if (withReplacement)
            return fraction + (Math.Sqrt(count) * (count < 12 ? 9 : 5) / total);
        var gamma = -Math.Log(1e-4) / total;
        return Math.Min(1, fraction + gamma + Math.Sqrt((gamma * gamma) + (2 * gamma * fraction)));
    }

    public static Random Of(int seed, int partition) => new(unchecked(((seed * 31) + partition) * (int)0x9E3779B1));

    /// <summary>Counts draws until their product is small (Knuth, volume 2, 3.4.1); a large mean is drawn in parts.</summary>
    public static int Poisson(Random random, double mean)
    {
        const double PartMax = 30;
        var count = 0;
        for (; mean > 0; mean -= PartMax)
        {
            var limit = Math.Exp(-Math.Min(mean, PartMax));
            for (var product = random.NextDouble(); product > limit; product *= random.NextDouble())
                count++;
        }
        return count;
    }
}
