namespace Agora.Security;

/// <summary>Remembers tokens as long as they could be shown again.</summary>
/// <param name="max">Remembered at once.</param>
internal sealed class ReplayGuard(int max)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Nonce, DateTimeOffset Until)> _order = new();

    public enum Answer
    {
        New,
        SeenBefore,

        /// <summary>So many have been shown that this one could not be remembered.</summary>
        Full,
    }

    public Answer Take(string nonce, DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && oldest.Until < now)
                _seen.Remove(_order.Dequeue().Nonce);
            if (_seen.Contains(nonce))
                return Answer.SeenBefore;
            if (_seen.Count >= max)
                return Answer.Full;
            _seen.Add(nonce);
            // Twice: it may come from a clock that is ahead by as much.
            _order.Enqueue((nonce, now + 2 * Token.TimeDifferenceMax));
            return Answer.New;
        }
    }
}
