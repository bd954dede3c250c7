using Agora.Security;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Security;

public class TokenTests
{
    private static readonly Credential Alice = new("alice", "0123456789abcdef"), New = new("alice", "fedcba9876543210"), Bob = new("bob", "0123456789abcdef");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private CredentialList _list = CredentialList.Parse(Alice.ToListLine("framework"));
    private readonly TokenCheck _check;

    public TokenTests() => _check = new TokenCheck(name => _list.CredentialsOf(name), Audiences.Master, _time);

    private string Made(Credential by, string audience = Audiences.Master) => Token.Create(by, audience, _time.GetUtcNow());

    private string? Refused(string token)
    {
        var found = _check.Find(token, out var refused);
        Assert.Equal(found is null, refused is not null);
        return refused;
    }

    [Fact]
    public void A_token_shows_who_made_it_once()
    {
        var token = Made(Alice);
        Assert.Equal("alice", _check.Find(token, out _));
        Assert.Contains("used before", Refused(token), StringComparison.Ordinal);
        Assert.Null(Refused(Made(Alice)));
    }

    [Fact]
    public void A_token_holds_no_secret_and_no_two_are_alike()
    {
        Assert.DoesNotContain("0123456789abcdef", Made(Alice), StringComparison.Ordinal);
        Assert.NotEqual(Made(Alice), Made(Alice));
    }

    [Fact]
    public void A_token_of_another_secret_principal_or_audience_shows_nobody()
    {
        Assert.Contains("is not known here", Refused(Made(New)), StringComparison.Ordinal);
        Assert.Contains("is not known here", Refused(Made(Bob)), StringComparison.Ordinal);
        Assert.Contains("is not known here", Refused(Made(Alice, "elsewhere")), StringComparison.Ordinal);
    }

    [Fact]
    public void While_a_secret_is_changed_both_hold_and_then_only_the_new_one()
    {
        _list = CredentialList.Parse(Alice.ToListLine("framework") + New.ToListLine("framework"));
        Assert.Null(Refused(Made(Alice)));
        Assert.Null(Refused(Made(New)));
        _list = CredentialList.Parse(New.ToListLine("framework"));
        Assert.NotNull(Refused(Made(Alice)));
        Assert.Null(Refused(Made(New)));
    }

    [Fact]
    public void A_token_is_good_within_five_minutes_of_either_clock()
    {
        var token = Made(Alice);
        _time.Advance(Token.TimeDifferenceMax);
        Assert.Null(Refused(token));
        var old = Made(Alice);
        _time.Advance(Token.TimeDifferenceMax + TimeSpan.FromMilliseconds(1));
        Assert.Contains("a clock is wrong", Refused(old), StringComparison.Ordinal);
        var ahead = Token.Create(Alice, Audiences.Master, _time.GetUtcNow() + Token.TimeDifferenceMax + TimeSpan.FromMilliseconds(1));
        Assert.Contains("a clock is wrong", Refused(ahead), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_from_a_clock_ahead_is_remembered_for_as_long_as_it_is_good()
    {
        var ahead = Token.Create(Alice, Audiences.Master, _time.GetUtcNow() + Token.TimeDifferenceMax);
        Assert.Null(Refused(ahead));
        // Good from five minutes before its time until five after it: ten from now.
        _time.Advance(2 * Token.TimeDifferenceMax);
        Assert.Contains("used before", Refused(ahead), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_token_shows_nobody() => Gen.Select(Gen.Int[0, 10_000], Gen.Char[' ', '~']).Sample((at, to) =>
    {
        var token = Made(Alice);
        at %= token.Length;
        var changed = token[..at] + to + token[(at + 1)..];
        if (changed != token)
            Assert.NotNull(Refused(changed));
    });

    [Fact]
    public void What_is_no_token_is_refused_whatever_it_is() =>
        Gen.String[0, 600].Sample(text => Assert.NotNull(Refused(text)));

    [Fact]
    public void A_file_token_lets_its_framework_be_read_there_until_its_end()
    {
        var (now, end) = (_time.GetUtcNow(), _time.GetUtcNow() + FileToken.Lifetime);
        var token = FileToken.Create(Alice, "framework-1-1", "10.0.0.1:5051", end);
        Assert.Equal("framework-1-1", FileToken.FrameworkOf(token, [New, Alice], "10.0.0.1:5051", now));
        Assert.Equal("framework-1-1", FileToken.FrameworkOf(token, [Alice], "10.0.0.1:5051", end));
        Assert.Null(FileToken.FrameworkOf(token, [Alice], "10.0.0.1:5051", end + TimeSpan.FromSeconds(1)));
        Assert.Null(FileToken.FrameworkOf(token, [Alice], "10.0.0.2:5051", now));
        Assert.Null(FileToken.FrameworkOf(token, [New], "10.0.0.1:5051", now));
        var own = FileToken.Create(Alice, "framework-1-1", FileToken.Everywhere, until: null);
        Assert.Equal("framework-1-1", FileToken.FrameworkOf(own, [Alice], "10.0.0.2:5051", now + TimeSpan.FromDays(1000)));
        // Neither is good for the other purpose.
        Assert.NotNull(Refused(token));
        Assert.Null(FileToken.FrameworkOf(Made(Alice), [Alice], "10.0.0.1:5051", now));
    }

    [Fact]
    public void A_changed_file_token_lets_nothing_be_read() => Gen.Select(Gen.Int[0, 10_000], Gen.Char[' ', '~']).Sample((at, to) =>
    {
        var token = FileToken.Create(Alice, "framework-1-1", FileToken.Everywhere, until: null);
        at %= token.Length;
        var changed = token[..at] + to + token[(at + 1)..];
        if (changed != token)
            Assert.Null(FileToken.FrameworkOf(changed, [Alice], "10.0.0.1:5051", _time.GetUtcNow()));
    });
}
