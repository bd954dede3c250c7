using System.Security.Cryptography.X509Certificates;
using Agora.Security;
using Agora.Security.Tls;
using Agora.Tests.Fast.Daemon;
using Xunit;

namespace Agora.Tests.Fast.Security;

public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private TlsDirectory Issued(string authority, string principal, params string[] hosts)
    {
        if (!Directory.Exists(_directory[authority]))
            CertificateMaker.MakeAuthority(_directory[authority], "test", Lifetime, Now);
        CertificateMaker.Issue(_directory[authority], _directory[$"{authority}-{principal}"], principal, hosts, Lifetime, Now);
        return new TlsDirectory(_directory[$"{authority}-{principal}"], TimeProvider.System);
    }

    [Fact]
    public void A_certificate_of_the_authority_is_trusted_and_shows_its_principal()
    {
        var (one, other) = (Issued("a", "node1", "127.0.0.1", "node1.example.org"), Issued("a", "alice"));
        Assert.True(one.IsTrusted(other.Certificate!));
        Assert.Equal("alice", TlsDirectory.PrincipalOf(other.Certificate!));
        Assert.True(one.Certificate!.MatchesHostname("node1.example.org"));
        Assert.True(one.Certificate!.MatchesHostname("127.0.0.1"));
        Assert.False(one.Certificate!.MatchesHostname("node2.example.org"));
    }

    [Fact]
    public void A_certificate_of_another_authority_or_of_none_is_not_trusted()
    {
        var (ours, theirs) = (Issued("a", "node1"), Issued("b", "node1"));
        Assert.False(ours.IsTrusted(theirs.Certificate!));
        // Nor may a program's certificate sign others.
        var authority = Directory.CreateDirectory(_directory["forged"]).FullName;
        File.Copy(Path.Combine(ours.Path, TlsDirectory.CertificateFile), Path.Combine(authority, TlsDirectory.AuthorityFile));
        File.Copy(Path.Combine(ours.Path, TlsDirectory.KeyFile), Path.Combine(authority, TlsDirectory.AuthorityKeyFile));
        Assert.ThrowsAny<Exception>(() =>
        {
            CertificateMaker.Issue(authority, _directory["fake"], "root", [], Lifetime, Now);
            Assert.True(ours.IsTrusted(X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(_directory["fake"], TlsDirectory.CertificateFile)))));
        });
    }

    [Fact]
    public void Keys_are_files_that_only_their_owner_may_use()
    {
        var issued = Issued("a", "node1");
        Assert.All([Path.Combine(_directory["a"], TlsDirectory.AuthorityKeyFile), Path.Combine(issued.Path, TlsDirectory.KeyFile)],
            key => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key)));
        File.SetUnixFileMode(Path.Combine(issued.Path, TlsDirectory.KeyFile), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Throws<SecurityFileException>(() => new TlsDirectory(issued.Path, TimeProvider.System));
    }

    [Fact]
    public void An_authority_is_not_made_over_another()
    {
        Issued("a", "node1");
        Assert.Throws<IOException>(() => CertificateMaker.MakeAuthority(_directory["a"], "test", Lifetime, Now));
    }
}
