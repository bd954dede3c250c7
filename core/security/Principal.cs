namespace Agora.Security;

/// <summary>Somebody who has shown who he is.</summary>
/// <param name="Name">See <see cref="IsName"/>.</param>
public sealed record Principal(string Name, PrincipalRoles Roles)
{
    private const int NameLengthMax = 64;

    /// <summary>Everybody, where nobody has to show who he is.</summary>
    public static readonly Principal Anyone = new("", PrincipalRoles.Agent | PrincipalRoles.Framework | PrincipalRoles.Operator);

    public bool Is(PrincipalRoles role) => (Roles & role) == role;

    /// <summary>True for 1 to 64 letters, digits, '_', '-' and '.', of which the first is none of the last two.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= NameLengthMax && text[0] is not '-' and not '.' &&
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
