namespace Agora.Hadoop.Store;

/// <summary>What <see cref="DelegationTokens"/> has given out, so that a restart of the store does not take it back.</summary>
internal sealed partial class Namespace
{
    /// <summary>Also forgets the tokens that are no longer good.</summary>
    public void AddToken(TokenRecord token)
    {
        lock (_lock)
        {
            using var transaction = _file.Begin();
            _file.Run("DELETE FROM token WHERE expires <= $now", ("$now", Now));
            _file.Run("INSERT INTO token VALUES($id, $owner, $renewer, $expires, $last)", ("$id", token.Id),
                ("$owner", token.Owner), ("$renewer", token.Renewer), ("$expires", token.ExpiresMs), ("$last", token.LastMs));
            transaction.Commit();
        }
    }

    /// <summary>Null if it was never given out, was cancelled, or is no longer good.</summary>
    public TokenRecord? FindToken(string id)
    {
        lock (_lock)
        {
            return _file.Query("SELECT owner, renewer, expires, last FROM token WHERE id = $id AND expires > $now",
                r => new TokenRecord(id, r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3)),
                ("$id", id), ("$now", Now)).FirstOrDefault();
        }
    }

    public void ProlongToken(string id, long expiresMs)
    {
        lock (_lock)
            _file.Run("UPDATE token SET expires = $expires WHERE id = $id", ("$id", id), ("$expires", expiresMs));
    }

    public void RemoveToken(string id)
    {
        lock (_lock)
            _file.Run("DELETE FROM token WHERE id = $id", ("$id", id));
    }
}
