using System.Globalization;

namespace Agora.Security;

/// <summary>Tells who shows a token. Any thread.</summary>
/// <param name="credentialsOf">Those that hold of a principal, as of now; none if it is not known.</param>
/// <param name="audience">Whom the tokens are for.</param>
public sealed class TokenCheck(Func<string, IReadOnlyList<Credential>> credentialsOf, string audience, TimeProvider time)
{
    /// <summary>Some hundred a second over ten minutes.</summary>
    private const int RememberedMax = 300_000;

    /// <summary>Checked against for a principal that is not known, so that the time it takes does not tell.</summary>
    private static readonly Credential Nobody = Credential.Create("nobody");

    private readonly ReplayGuard _guard = new(RememberedMax);

    /// <summary>Whom a token says it is of, true or not; null if it cannot be read.</summary>
    public static string? NamedIn(string token) => Token.Parse(token)?.Principal;

    /// <param name="refused">Why there is nobody; null if there is.</param>
    /// <returns>The principal's name; null if the token does not show who it is.</returns>
    public string? Find(string token, out string? refused)
    {
        refused = null;
        if (Token.Parse(token) is not { } shown)
        {
            refused = "the token cannot be read";
            return null;
        }
        var now = time.GetUtcNow();
        var isTrue = shown.IsMadeWith(Nobody, audience);
        foreach (var credential in credentialsOf(shown.Principal))
            isTrue |= shown.IsMadeWith(credential, audience);
        if (!isTrue)
            refused = $"principal '{shown.Principal}' is not known here, or its secret is another one";
        else if ((now - shown.Issued).Duration() > Token.TimeDifferenceMax)
            refused = string.Create(CultureInfo.InvariantCulture, $"the token is from {shown.Issued:yyyy-MM-ddTHH:mm:ssZ} and it is {now:yyyy-MM-ddTHH:mm:ssZ} here: it is an old one, or a clock is wrong");
        else
        {
            refused = _guard.Take(shown.Nonce, now) switch
            {
                ReplayGuard.Answer.New => null,
                ReplayGuard.Answer.SeenBefore => "the token has been used before, and each is good for one call",
                ReplayGuard.Answer.Full => "too many calls came within ten minutes; try again later",
            };
            return refused is null ? shown.Principal : null;
        }
        return null;
    }
}
