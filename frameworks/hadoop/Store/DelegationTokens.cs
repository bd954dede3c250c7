using System.Buffers.Text;
using System.Security.Cryptography;

namespace Agora.Hadoop.Store;

/// <param name="Id">The text that is shown to be let in.</param>
/// <param name="ExpiresMs">When it has to have been renewed, in ms since 1970.</param>
/// <param name="LastMs">When it ends in any case.</param>
internal sealed record TokenRecord(string Id, string Owner, string Renewer, long ExpiresMs, long LastMs);

/// <summary>
/// Tokens that stand for a user in place of his name, for HDFS's times: a day, seven with renewals. They are random, and
/// known by being written down: nobody can make one, and they outlive the store.
/// </summary>
internal sealed class DelegationTokens(Namespace names, TimeProvider time)
{
    private const int IdBytes = 32;

    private static readonly TimeSpan RenewAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan LifeMax = TimeSpan.FromDays(7);

    /// <param name="renewer">Who may renew it.</param>
    public string Issue(string owner, string renewer)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        var now = time.GetUtcNow();
        names.AddToken(new TokenRecord(id, owner, renewer,
            (now + RenewAfter).ToUnixTimeMilliseconds(), (now + LifeMax).ToUnixTimeMilliseconds()));
        return id;
    }

    /// <exception cref="WebHdfsException">It is none, or no longer good.</exception>
    public string UserOf(string id) => names.FindToken(id)?.Owner ??
        throw new WebHdfsException(401, "SecurityException", "java.lang", "Failed to obtain user group information: " +
            "org.apache.hadoop.security.token.SecretManager$InvalidToken: token can't be found in cache");

    /// <returns>Until when it is good now, in ms since 1970.</returns>
    /// <exception cref="AccessControlException">The user is not its renewer.</exception>
    public long Renew(string id, string user)
    {
        var token = Existing(id);
        if (token.Renewer != user)
            throw new AccessControlException($"{user} tries to renew a token with non-matching renewer {token.Renewer}");
        var until = Math.Min((time.GetUtcNow() + RenewAfter).ToUnixTimeMilliseconds(), token.LastMs);
        names.ProlongToken(id, until);
        return until;
    }

    /// <exception cref="AccessControlException">The user is neither its owner nor its renewer.</exception>
    public void Cancel(string id, string user)
    {
        var token = Existing(id);
        if (token.Owner != user && token.Renewer != user)
            throw new AccessControlException($"{user} is not authorized to cancel the token");
        names.RemoveToken(id);
    }

    private TokenRecord Existing(string id) => names.FindToken(id) ??
        throw new WebHdfsException(403, "SecretManager$InvalidToken", "org.apache.hadoop.security.token",
            "token can't be found in cache");
}
