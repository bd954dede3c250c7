namespace Agora.Security;

/// <summary>How tokens are written in a request's <c>authorization</c> header.</summary>
public static class Bearer
{
    public const string Header = "authorization";

    private const string Scheme = "Bearer ";

    public static string Of(string token) => Scheme + token;

    /// <returns>Null if the header is not given or holds no token.</returns>
    public static string? TokenIn(string? header) =>
        header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
}
