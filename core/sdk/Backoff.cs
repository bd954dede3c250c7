namespace Agora.Sdk;

/// <summary>
/// Truncated exponential back-off with jitter: the n-th wait (n from 0) lies evenly between half of and the whole of
/// min(longest, shortest · 2ⁿ), so that many who failed together do not come
/// back together.
/// </summary>
/// <param name="shortest">The first wait; not longer than <paramref name="longest"/>.</param>
/// <param name="chance">Even numbers in [0, 1).</param>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest, Func<double> chance)
{
    private TimeSpan? _last;

    public TimeSpan Next()
    {
        var whole = _last is not { } last ? shortest : last < longest / 2 ? last * 2 : longest;
        _last = whole;
        return whole / 2 + whole / 2 * chance();
    }

    public void Reset() => _last = null;
}
