using Agora.Supervisor.Shared;

namespace Agora.Daemon.Fetching;

/// <summary>What an artifact is called in the sandbox, and where it comes from.</summary>
internal static class ArtifactName
{
    private const int NameBytesMax = 255;

    /// <exception cref="FetchException">There is no usable name.</exception>
    public static string InSandbox(Artifact artifact)
    {
        var name = artifact.FileName ?? LastPart(artifact.Uri);
        if (name.Length == 0)
            throw new FetchException($"cannot fetch {Shown(artifact.Uri)}: the address ends without a file name; " +
                "give the artifact one");
        if (name is "." or ".." || name.Contains('/', StringComparison.Ordinal) ||
            name.Contains('\0', StringComparison.Ordinal) ||
            System.Text.Encoding.UTF8.GetByteCount(name) > NameBytesMax)
        {
            throw new FetchException($"cannot fetch {Shown(artifact.Uri)}: " +
                $"'{name.Replace("\0", "\\0", StringComparison.Ordinal)}' " +
                $"is no name for a file in the sandbox; use a plain name without '/', of {NameBytesMax} bytes at most");
        }
        if (name is ContainerFiles.Stdout or ContainerFiles.Stderr)
            throw new FetchException($"cannot fetch {Shown(artifact.Uri)}: the command's output goes to '{name}'; " +
                "give the artifact another name");
        return name;
    }

    /// <returns>The path of a local file, or null if the URI is not one.</returns>
    /// <exception cref="FetchException">The URI is of no kind that can be fetched.</exception>
    public static string? LocalPath(string uri)
    {
        if (uri.StartsWith('/'))
            return uri;
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
            throw new FetchException($"cannot fetch '{uri}': it is not an address; use an absolute path, file://, " +
                "http:// or https://");
        if (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps)
            return null;
        if (parsed.Scheme != Uri.UriSchemeFile)
            throw new FetchException($"cannot fetch {Shown(uri)}: '{parsed.Scheme}' is not supported; use an " +
                "absolute path, file://, http:// or https://");
        if (parsed.Host is not ("" or "localhost"))
            throw new FetchException($"cannot fetch {Shown(uri)}: a file address names a file on the agent itself; " +
                "write it as file:///path");
        return Uri.UnescapeDataString(parsed.AbsolutePath);
    }

    /// <summary>For messages: without a password.</summary>
    public static string Shown(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.UserInfo.Length > 0
            ? uri.Replace(parsed.UserInfo + "@", "", StringComparison.Ordinal)
            : uri;

    private static string LastPart(string uri)
    {
        if (uri.StartsWith('/'))
            return uri[(uri.LastIndexOf('/') + 1)..];
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
            return uri;
        var path = parsed.AbsolutePath;
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
