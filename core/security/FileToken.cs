using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agora.Security;

/// <summary>
/// Lets its holder read, at an agent's file server, what one framework's tasks wrote there. Made from the agent's secret, by the
/// master for whoever may read it and by the agent for the framework's own processes; it may be shown often.
/// </summary>
public static class FileToken
{
    /// <summary>Of one that a master hands out.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>As the place it is good for: every agent with this secret.</summary>
    public const string Everywhere = "*";

    private const string Version = "agorafiles1";
    private const char Separator = '~';

    /// <param name="place"><c>host:port</c> of one agent's file server, or <see cref="Everywhere"/>.</param>
    /// <param name="until">When it ends; null for never, which suits what ends with the framework's processes.</param>
    public static string Create(Credential agent, string framework, string place, DateTimeOffset? until)
    {
        var said = string.Join(Separator, Version, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(framework)), Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place)),
            (until?.ToUnixTimeSeconds() ?? 0).ToString(CultureInfo.InvariantCulture));
        return said + Separator + Base64Url.EncodeToString(CodeOf(agent, said));
    }

    /// <summary>The framework whose files a token lets read at a place; null if it is none, or good no more, or not here.</summary>
    /// <param name="agent">All that the agent holds; any may have made it.</param>
    public static string? FrameworkOf(string token, IReadOnlyList<Credential> agent, string place, DateTimeOffset now)
    {
        if (token.Length > 4 * Token.LengthMax || token.Split(Separator) is not [Version, var framework, var where, var until, var code])
            return null;
        if (Token.Bytes(framework) is not { } frameworkBytes || Token.Bytes(where) is not { } placeBytes || Token.Bytes(code) is not { } codeBytes ||
            !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return null;
        var said = token[..token.LastIndexOf(Separator)];
        var isTrue = false;
        foreach (var credential in agent)
            isTrue |= CryptographicOperations.FixedTimeEquals(codeBytes, CodeOf(credential, said));
        if (!isTrue)
            return null;
        var isHere = Encoding.UTF8.GetString(placeBytes) is var named && (named == Everywhere || named == place);
        return isHere && (seconds == 0 || now.ToUnixTimeSeconds() <= seconds) ? Encoding.UTF8.GetString(frameworkBytes) : null;
    }

    private static byte[] CodeOf(Credential agent, string said) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(agent.Secret), Encoding.UTF8.GetBytes($"files\n{said}"));
}
