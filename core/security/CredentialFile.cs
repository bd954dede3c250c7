namespace Agora.Security;

/// <summary>
/// Where somebody's own <see cref="Credential"/> is. Read for each token, so that a new secret counts without a restart.
/// </summary>
public sealed class CredentialFile(string path)
{
    /// <summary>Environment variable with its path.</summary>
    public const string Variable = "AGORA_CREDENTIAL";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>All that it holds; the first signs.</summary>
    /// <exception cref="SecurityFileException">It cannot be used.</exception>
    public IReadOnlyList<Credential> Read()
    {
        try
        {
            return Credential.Parse(PrivateFile.Read(Path));
        }
        catch (FormatException e)
        {
            throw new SecurityFileException($"{Path}: {e.Message}", e);
        }
    }

    /// <summary>A token that is good for one call, to be made now.</summary>
    /// <param name="audience">Whom it is for, such as <see cref="Audiences.Master"/>.</param>
    /// <exception cref="SecurityFileException">It cannot be used.</exception>
    public string Token(string audience) => Security.Token.Create(Read()[0], audience, DateTimeOffset.UtcNow);

    /// <summary>The file that <c>$AGORA_CREDENTIAL</c> names; null if it names none.</summary>
    public static CredentialFile? OfEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? new CredentialFile(path) : null;
}
