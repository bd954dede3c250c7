using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Agora.Security.Tls;

/// <summary>Makes the certificates of a cluster: one authority, and one certificate for each program that shows one.</summary>
public static class CertificateMaker
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";
    private const int SerialBytes = 16;

    /// <summary>A clock that is a little behind takes a new certificate too.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);

    /// <summary>Makes an authority: <c>ca.crt</c>, which everybody needs, and <c>ca.key</c>, which signs and stays where it is.</summary>
    /// <exception cref="IOException">There is one already, or it cannot be written.</exception>
    public static void MakeAuthority(string directory, string name, TimeSpan lifetime, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory);
        var (certificatePath, keyPath) = (Path.Combine(directory, TlsDirectory.AuthorityFile), Path.Combine(directory, TlsDirectory.AuthorityKeyFile));
        if (File.Exists(keyPath) || File.Exists(certificatePath))
            throw new IOException($"{directory} holds an authority already");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(now - Before, now + lifetime);
        PrivateFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem() + "\n");
    }

    /// <summary>Makes the directory of one program: <c>ca.crt</c>, <c>tls.crt</c> and <c>tls.key</c>.</summary>
    /// <param name="principal">Whom it shows; the certificate's common name.</param>
    /// <param name="hosts">Names and IP addresses at which it is reached; none for one that only connects.</param>
    /// <exception cref="IOException">The authority is not there, or the directory cannot be written.</exception>
    /// <exception cref="SecurityFileException">The authority cannot be used.</exception>
    public static void Issue(string authorityDirectory, string directory, string principal, IReadOnlyList<string> hosts, TimeSpan lifetime, DateTimeOffset now)
    {
        var authorityPem = PrivateFile.ReadPublic(Path.Combine(authorityDirectory, TlsDirectory.AuthorityFile));
        using var authority = TlsDirectory.FromPem(authorityPem, PrivateFile.Read(Path.Combine(authorityDirectory, TlsDirectory.AuthorityKeyFile)), authorityDirectory);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={principal}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (hosts.Count > 0)
            request.CertificateExtensions.Add(Names(hosts));
        var end = now + lifetime;
        using var certificate = request.Create(authority, now - Before, end < authority.NotAfter ? end : authority.NotAfter, RandomNumberGenerator.GetBytes(SerialBytes));
        Directory.CreateDirectory(directory);
        PrivateFile.Write(Path.Combine(directory, TlsDirectory.KeyFile), key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(Path.Combine(directory, TlsDirectory.CertificateFile), certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(Path.Combine(directory, TlsDirectory.AuthorityFile), authorityPem);
    }

    private static X509Extension Names(IReadOnlyList<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }
        return names.Build();
    }
}
