namespace Agora.Hadoop.Tasks;

/// <summary>
/// Which runs are merged among themselves first, until few enough are left for the last merge. A merge keeps the next key
/// of each run in memory and an open file for it, so both set a bound; two runs can always be merged.
/// </summary>
/// <param name="runsMax">Runs merged at once.</param>
/// <param name="keyBytesMax">What their longest keys may add up to.</param>
internal sealed class MergeRounds(int runsMax, long keyBytesMax)
{
    private const int RunsMin = 2;

    /// <summary>Where the next neighbours begin, so that all records are merged about as often.</summary>
    private int _next;

    /// <param name="longestKeys">Of each run, in bytes, in the order of the runs.</param>
    /// <returns>Neighbours to be replaced by what they are merged to, so that equal keys keep their order; null if there are few enough.</returns>
    public Range? Next(IReadOnlyList<int> longestKeys)
    {
        if (Fitting(longestKeys, 0) == longestKeys.Count)
            return null;
        if (_next > longestKeys.Count - RunsMin)
            _next = 0;
        var count = Fitting(longestKeys, _next);
        return new Range(_next, _next++ + count);
    }

    private int Fitting(IReadOnlyList<int> longestKeys, int from)
    {
        var (count, bytes) = (0, 0L);
        while (from + count < longestKeys.Count && count < Math.Max(runsMax, RunsMin))
        {
            bytes += longestKeys[from + count];
            if (bytes > keyBytesMax && count >= RunsMin)
                break;
            count++;
        }
        return count;
    }
}
