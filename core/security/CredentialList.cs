namespace Agora.Security;

/// <summary>
/// All principals a master knows: lines <c>PRINCIPAL ROLE[,ROLE] SECRET</c>. A principal may have several lines of the same roles;
/// each secret holds, so that a new one can be given out before the old one is taken away. The secret <c>-</c> is none: such a
/// principal shows a certificate.
/// </summary>
public sealed class CredentialList
{
    private const string NoSecret = "-";

    private readonly Dictionary<string, (Principal Principal, List<Credential> Credentials)> _principals = new(StringComparer.Ordinal);

    private CredentialList()
    {
    }

    public IReadOnlyCollection<string> Principals => _principals.Keys;

    /// <exception cref="FormatException">A line is wrong; the message has its number and never its secret.</exception>
    public static CredentialList Parse(string text)
    {
        var list = new CredentialList();
        foreach (var (number, words) in TextLines.Of(text))
        {
            if (list.Add(words) is { } wrong)
                throw new FormatException($"line {number}: {wrong}");
        }
        return list._principals.Count > 0 ? list : throw new FormatException("it names no principal, so that nobody could do anything");
    }

    /// <exception cref="SecurityFileException">It cannot be used.</exception>
    public static CredentialList Load(string path)
    {
        try
        {
            return Parse(PrivateFile.Read(path));
        }
        catch (FormatException e)
        {
            throw new SecurityFileException($"{path}: {e.Message}", e);
        }
    }

    /// <returns>Null if nobody has that name.</returns>
    public Principal? Find(string name) => _principals.TryGetValue(name, out var found) ? found.Principal : null;

    /// <summary>All that hold of a principal; none if it is not known.</summary>
    public IReadOnlyList<Credential> CredentialsOf(string name) =>
        _principals.TryGetValue(name, out var found) ? found.Credentials : [];

    private string? Add(string[] words)
    {
        if (words is not [var name, var roleNames, var secret])
            return "it is not 'PRINCIPAL ROLE[,ROLE] SECRET'";
        if (!Principal.IsName(name))
            return "a principal's name is of 1 to 64 letters, digits, '_', '-' and '.'";
        if (Roles(roleNames) is not { } roles)
            return "a role is agent, framework or operator";
        if (secret != NoSecret && Credential.Wrong(secret) is { } wrong)
            return wrong;
        if (!_principals.TryGetValue(name, out var known))
            _principals[name] = known = (new Principal(name, roles), []);
        if (known.Principal.Roles != roles)
            return $"principal '{name}' has other roles in a line before";
        if (secret != NoSecret)
            known.Credentials.Add(new Credential(name, secret));
        return null;
    }

    private static PrincipalRoles? Roles(string names)
    {
        var roles = PrincipalRoles.None;
        foreach (var name in names.Split(','))
        {
            switch (name)
            {
                case "agent": roles |= PrincipalRoles.Agent; break;
                case "framework": roles |= PrincipalRoles.Framework; break;
                case "operator": roles |= PrincipalRoles.Operator; break;
                default: return null;
            }
        }
        return roles;
    }
}
