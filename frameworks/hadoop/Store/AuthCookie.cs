using System.Security.Cryptography;
using System.Text;

namespace Agora.Hadoop.Store;

/// <summary>
/// Hadoop's <c>hadoop.auth</c> cookie for users who named themselves once: signed with a secret of this run, good for
/// ten hours. It saves repeating the name; it proves nothing, since anyone may give any name.
/// </summary>
internal sealed class AuthCookie(TimeProvider time)
{
    public const string Name = "hadoop.auth";

    private static readonly TimeSpan Validity = TimeSpan.FromHours(10);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(20);

    public string For(string user)
    {
        var token = $"u={user}&p={user}&t=simple&e={(time.GetUtcNow() + Validity).ToUnixTimeMilliseconds()}";
        return $"{Name}=\"{token}&s={Sign(token)}\";Path=/";
    }

    /// <summary>The user a cookie of this run names; null if it is none, or no longer valid.</summary>
    public string? UserOf(string? cookie)
    {
        var text = cookie?.Trim('"') ?? "";
        var at = text.LastIndexOf("&s=", StringComparison.Ordinal);
        if (at < 0 || !CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Sign(text[..at])), Encoding.UTF8.GetBytes(text[(at + 3)..])))
            return null;
        var fields = text[..at].Split('&').Select(f => f.Split('=', 2)).ToDictionary(f => f[0], f => f[^1]);
        return long.TryParse(fields.GetValueOrDefault("e"), out var end) && end > time.GetUtcNow().ToUnixTimeMilliseconds()
            ? fields.GetValueOrDefault("u") : null;
    }

    private string Sign(string token) =>
        Convert.ToBase64String(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(token)));
}
