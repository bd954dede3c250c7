namespace Agora.Hadoop.Store;

/// <summary>The groups a user is in on this machine, as Hadoop asks the name node's machine for them.</summary>
internal static class UserGroups
{
    /// <summary>Empty for a user this machine does not know.</summary>
    public static IReadOnlySet<string> Of(string user)
    {
        var primary = Lines("/etc/passwd").Where(f => f.Length > 3 && f[0] == user).Select(f => f[3]).FirstOrDefault();
        return Lines("/etc/group").Where(f => f.Length > 3 && (f[2] == primary || f[3].Split(',').Contains(user)))
            .Select(f => f[0]).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string[]> Lines(string path) =>
        File.Exists(path) ? File.ReadLines(path).Select(l => l.Split(':')) : [];
}
