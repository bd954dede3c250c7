using System.Security.Cryptography;
using System.Text;

namespace Agora.Security;

/// <summary>A principal's name and secret, with which tokens are made. The secret itself is never sent.</summary>
public sealed class Credential
{
    /// <summary>Shorter ones are refused: they could be guessed from one token that was seen.</summary>
    public const int SecretLengthMin = 16;

    public const int SecretLengthMax = 1024;

    private const int SecretBytes = 32;

    /// <exception cref="FormatException">The name or the secret cannot be one.</exception>
    public Credential(string principal, string secret)
    {
        if (!Security.Principal.IsName(principal))
            throw new FormatException("a principal's name is of 1 to 64 letters, digits, '_', '-' and '.'");
        if (Wrong(secret) is { } wrong)
            throw new FormatException(wrong);
        (Principal, Secret) = (principal, secret);
    }

    public string Principal { get; }

    internal string Secret { get; }

    /// <summary>True for its own secret; the time it takes does not tell how much of it was right.</summary>
    public bool Is(string secret) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(secret));

    /// <summary>One with a secret that nobody can guess.</summary>
    public static Credential Create(string principal) =>
        new(principal, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>
    /// Reads lines <c>PRINCIPAL SECRET</c>, all of one principal: the first is the one that signs, the others are accepted still.
    /// </summary>
    /// <exception cref="FormatException">It is something else; what it holds is not repeated.</exception>
    public static IReadOnlyList<Credential> Parse(string text)
    {
        var all = new List<Credential>();
        foreach (var (number, words) in TextLines.Of(text))
        {
            if (words is not [var principal, var secret])
                throw new FormatException($"line {number}: it is not 'PRINCIPAL SECRET'");
            all.Add(new Credential(principal, secret));
            if (all[0].Principal != principal)
                throw new FormatException($"line {number}: it is of another principal than the first");
        }
        return all.Count > 0 ? all : throw new FormatException("it holds no line 'PRINCIPAL SECRET'");
    }

    /// <summary>As <see cref="Parse"/> reads it; for a file that only its owner may read.</summary>
    public string ToFile() => $"{Principal} {Secret}\n";

    /// <summary>As a line of the master's list.</summary>
    /// <param name="roles">Such as <c>framework,operator</c>.</param>
    public string ToListLine(string roles) => $"{Principal} {roles} {Secret}\n";

    /// <summary>Its name alone: secrets do not get into logs.</summary>
    public override string ToString() => Principal;

    internal static string? Wrong(string secret) =>
        secret.Length is < SecretLengthMin or > SecretLengthMax ? $"a secret has {SecretLengthMin} to {SecretLengthMax} characters"
        : secret.All(c => c is > ' ' and <= '~') ? null : "a secret is of printable ASCII characters";
}
