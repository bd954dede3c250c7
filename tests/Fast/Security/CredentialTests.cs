using Agora.Security;
using Agora.Tests.Fast.Daemon;
using Xunit;

namespace Agora.Tests.Fast.Security;

public sealed class CredentialTests : IDisposable
{
    private const string Secret = "0123456789abcdef", Other = "fedcba9876543210";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Private(string name, string text)
    {
        PrivateFile.Write(_directory[name], text);
        return _directory[name];
    }

    [Fact]
    public void A_list_has_principals_with_roles_and_every_secret_that_holds()
    {
        var list = CredentialList.Parse($"# who\n\nalice framework,operator {Secret}\n  nodes\tagent {Secret}\nalice framework,operator {Other}\nmaria operator -\n");
        Assert.Equal(PrincipalRoles.Framework | PrincipalRoles.Operator, list.Find("alice")!.Roles);
        Assert.Equal(PrincipalRoles.Agent, list.Find("nodes")!.Roles);
        Assert.Equal(2, list.CredentialsOf("alice").Count);
        Assert.NotNull(list.Find("maria"));
        Assert.Empty(list.CredentialsOf("maria"));
        Assert.Null(list.Find("bob"));
    }

    [Theory]
    [InlineData("", "names no principal")]
    [InlineData("alice operator", "line 1")]
    [InlineData("# one\nalice operator 0123456789abcdef x", "line 2")]
    [InlineData("alice king 0123456789abcdef", "line 1: a role is")]
    [InlineData("alice operator short", "line 1: a secret has")]
    [InlineData("alice operator 0123456789abcdeé", "line 1: a secret is of printable")]
    [InlineData("al/ice operator 0123456789abcdef", "line 1: a principal's name")]
    [InlineData(".alice operator 0123456789abcdef", "line 1: a principal's name")]
    [InlineData("alice operator 0123456789abcdef\nalice agent 0123456789abcdef", "line 2: principal 'alice' has other roles")]
    public void A_list_that_is_wrong_is_refused_with_the_line_and_without_its_secrets(string text, string why)
    {
        var wrong = Assert.Throws<FormatException>(() => CredentialList.Parse(text));
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_ones_own_has_the_secret_that_signs_first()
    {
        var held = new CredentialFile(Private("own", $"alice {Other}\nalice {Secret}\n")).Read();
        Assert.Equal(["alice", "alice"], held.Select(c => c.Principal));
        Assert.Throws<SecurityFileException>(() => new CredentialFile(Private("two", $"alice {Other}\nbob {Secret}\n")).Read());
        Assert.Throws<SecurityFileException>(() => new CredentialFile(Private("empty", "# nothing\n")).Read());
        Assert.Throws<SecurityFileException>(() => new CredentialFile(_directory["missing"]).Read());
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_with_secrets_that_others_may_use_is_refused(UnixFileMode more)
    {
        var path = Private("own", $"alice {Secret}\n");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        _ = new CredentialFile(path).Read();
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);
        var wrong = Assert.Throws<SecurityFileException>(() => new CredentialFile(path).Read());
        Assert.Contains($"chmod 600 {path}", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_does_not_tell_its_secret()
    {
        var credential = Credential.Create("alice");
        var secret = credential.ToFile().Split(' ')[1].Trim();
        Assert.Equal("alice", $"{credential}");
        Assert.True(secret.Length >= 64, "256 bits in hexadecimal");
        Assert.NotEqual(credential.ToFile(), Credential.Create("alice").ToFile());
        Assert.DoesNotContain(secret, string.Join(' ', typeof(Credential).GetProperties().Select(p => p.GetValue(credential))), StringComparison.Ordinal);
    }
}
