using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Agora.Security.Tls;

/// <summary>
/// What one program needs for TLS: <c>ca.crt</c>, by which it knows others, and <c>tls.crt</c> with <c>tls.key</c>, by which others
/// know it; a program that only connects may lack these two. New files count for new connections.
/// </summary>
public sealed class TlsDirectory
{
    public const string AuthorityFile = "ca.crt", AuthorityKeyFile = "ca.key", CertificateFile = "tls.crt", KeyFile = "tls.key";

    /// <summary>Environment variable with its path, for programs that connect.</summary>
    public const string Variable = "AGORA_TLS_DIR";

    private readonly WatchedFile<X509Certificate2> _authority;
    private readonly WatchedFile<X509Certificate2>? _own;

    /// <exception cref="SecurityFileException">Its files cannot be used.</exception>
    public TlsDirectory(string path, TimeProvider time)
    {
        Path = System.IO.Path.GetFullPath(path);
        _authority = new WatchedFile<X509Certificate2>(System.IO.Path.Combine(Path, AuthorityFile), LoadAuthority, time);
        var own = System.IO.Path.Combine(Path, CertificateFile);
        if (File.Exists(own))
            _own = new WatchedFile<X509Certificate2>(own, LoadOwn, time);
    }

    public string Path { get; }

    /// <summary>What it shows to others; null if it has none.</summary>
    public X509Certificate2? Certificate => _own?.Current;

    /// <summary>The directory that <c>$AGORA_TLS_DIR</c> names; null if it names none.</summary>
    /// <exception cref="SecurityFileException">Its files cannot be used.</exception>
    public static TlsDirectory? OfEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? new TlsDirectory(path, TimeProvider.System) : null;

    /// <summary>For connecting to a server of the cluster, whose certificate must name the host that was asked for.</summary>
    public SslClientAuthenticationOptions ClientOptions() => new()
    {
        CertificateChainPolicy = Trust(),
        LocalCertificateSelectionCallback = Certificate is null ? null : (_, _, _, _, _) => Certificate!,
    };

    /// <summary>True if the authority of the cluster made a certificate.</summary>
    public bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = Trust() };
        return chain.Build(certificate);
    }

    /// <summary>Whom a certificate shows: its common name.</summary>
    public static string? PrincipalOf(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name && Principal.IsName(name) ? name : null;

    /// <exception cref="SecurityFileException">They are not a certificate and its key.</exception>
    internal static X509Certificate2 FromPem(string certificate, string key, string path)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SecurityFileException($"{path}: not a certificate and its key: {e.Message}", e);
        }
    }

    private X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_authority.Current);
        return policy;
    }

    private static X509Certificate2 LoadAuthority(string path)
    {
        try
        {
            return X509Certificate2.CreateFromPem(PrivateFile.ReadPublic(path));
        }
        catch (CryptographicException e)
        {
            throw new SecurityFileException($"{path}: not a certificate: {e.Message}", e);
        }
    }

    private static X509Certificate2 LoadOwn(string path) => FromPem(PrivateFile.ReadPublic(path),
        PrivateFile.Read(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, KeyFile)), path);
}
