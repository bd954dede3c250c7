using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agora.Security;

/// <summary>
/// What is shown in place of a secret: who, when, a number used once, and a code that only the holder of the secret can make of
/// these and of whom it is for. Good for one call, within <see cref="TimeDifferenceMax"/>.
/// </summary>
/// <param name="Issued">Whole milliseconds, by the clock of who made it.</param>
internal sealed record Token(string Principal, DateTimeOffset Issued, string Nonce, byte[] Code)
{
    /// <summary>No token is longer, in characters.</summary>
    public const int LengthMax = 512;

    /// <summary>Between the clock of who made a token and of who checks it, the way included.</summary>
    public static readonly TimeSpan TimeDifferenceMax = TimeSpan.FromMinutes(5);

    private const string Version = "agora1";
    private const char Separator = '~';
    private const int NonceBytes = 16, PartsCount = 5;

    public static string Create(Credential credential, string audience, DateTimeOffset now)
    {
        var said = string.Join(Separator, Version, credential.Principal,
            now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes)));
        return said + Separator + Base64Url.EncodeToString(CodeOf(credential, audience, said));
    }

    /// <returns>Null if it is none; what is not well formed is not looked at further.</returns>
    public static Token? Parse(string text)
    {
        if (text.Length > LengthMax)
            return null;
        var parts = text.Split(Separator);
        if (parts.Length != PartsCount || parts[0] != Version || !Security.Principal.IsName(parts[1]) ||
            !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var issued) ||
            issued > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() || Bytes(parts[3])?.Length != NonceBytes ||
            Bytes(parts[4]) is not { Length: SHA256.HashSizeInBytes } code)
            return null;
        return new Token(parts[1], DateTimeOffset.FromUnixTimeMilliseconds(issued), parts[3], code);
    }

    /// <summary>True if it was made with this credential and for this audience.</summary>
    public bool IsMadeWith(Credential credential, string audience) => CryptographicOperations.FixedTimeEquals(Code,
        CodeOf(credential, audience, string.Join(Separator, Version, Principal, Issued.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), Nonce)));

    private static byte[] CodeOf(Credential credential, string audience, string said) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(credential.Secret), Encoding.UTF8.GetBytes($"{audience}\n{said}"));

    internal static byte[]? Bytes(string text)
    {
        if (text.Length > LengthMax || !Base64Url.IsValid(text))
            return null;
        var bytes = Base64Url.DecodeFromChars(text);
        // One spelling for each value, or a token could be sent again in another.
        return Base64Url.EncodeToString(bytes) == text ? bytes : null;
    }
}
