using System.Collections.Concurrent;
using System.Text.Json;
using Agora.Election;
using Agora.Security;
using Agora.Security.Tls;
using Grpc.Core;

namespace Agora.Sdk;

/// <summary>How a program shows a cluster's masters and agents who it is, and knows them.</summary>
/// <param name="Credential">Whose secret signs; null where nobody has to show who he is.</param>
/// <param name="Tls">For masters with <c>https://</c>; null takes the system's authorities.</param>
public sealed record MasterAccess(CredentialFile? Credential = null, TlsDirectory? Tls = null)
{
    private const string CredentialProperty = "credential";

    private static readonly ConcurrentDictionary<string, MasterAccess> Remembered = new(StringComparer.Ordinal);

    /// <summary>
    /// What was <see cref="Remember">remembered</see> for these masters; else the files that <c>$AGORA_CREDENTIAL</c> and
    /// <c>$AGORA_TLS_DIR</c> name; else, where these are the masters of <c>agora up</c>, the credential that it has made.
    /// </summary>
    /// <param name="masters">Null for those of <c>agora up</c>.</param>
    /// <exception cref="SecurityFileException">The TLS directory cannot be used.</exception>
    public static MasterAccess Find(MasterLocation? masters) => masters is not null && Remembered.TryGetValue(masters.ToString()!, out var known) ? known
        : new MasterAccess(CredentialFile.OfEnvironment() ?? OfEmbeddedCluster(masters), TlsDirectory.OfEnvironment());

    /// <summary>For a process that speaks to several clusters: takes this for these masters from now on.</summary>
    public static void Remember(MasterLocation masters, MasterAccess access) => Remembered[masters.ToString()!] = access;

    /// <summary>The credential of the cluster that a state directory of <c>agora up</c> describes; none if there is none.</summary>
    public static MasterAccess OfState(string directory) =>
        new(Described(Path.Combine(directory, Path.GetFileName(MasterAddress.ClusterFile))).Credential is { } path ? new CredentialFile(path) : null);

    /// <summary>For one call, which is to be made now: by the clock on the wall, as masters go by theirs.</summary>
    /// <exception cref="SecurityFileException">The credential cannot be used.</exception>
    public Metadata Headers() =>
        Credential is null ? [] : new Metadata { { Bearer.Header, Bearer.Of(Credential.Token(Audiences.Master)) } };

    private static CredentialFile? OfEmbeddedCluster(MasterLocation? masters)
    {
        var (master, credential) = Described(MasterAddress.ClusterFile);
        // No other master is shown what belongs to this one.
        return master is not null && credential is not null && (masters is null || IsSame(master, masters)) ? new CredentialFile(credential) : null;
    }

    private static bool IsSame(string master, MasterLocation masters)
    {
        try
        {
            return MasterLocation.Parse(master).ToString() == masters.ToString();
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static (string? Master, string? Credential) Described(string file)
    {
        try
        {
            using var description = JsonDocument.Parse(File.ReadAllBytes(file));
            return (description.RootElement.GetProperty("master").GetString(),
                description.RootElement.TryGetProperty(CredentialProperty, out var path) ? path.GetString() : null);
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or UnauthorizedAccessException or InvalidOperationException)
        {
            return default;
        }
    }
}
