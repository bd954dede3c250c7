using Agora.Security;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Security;

public class AccessListTests
{
    private static readonly AccessList List = AccessList.Parse("""
        # comments and empty lines do not count

        deny   eve          *                       *
        allow  alice        register                analytics,batch/*
        allow  *            run-as                  *-user
        allow  *            kill,read-sandbox       self
        allow  root         *                       *
        deny   alice        drain                   node9
        allow  alice        drain                   node*
        """);

    [Theory]
    [InlineData("alice", AccessAction.Register, "analytics", true, 4)]
    [InlineData("alice", AccessAction.Register, "batch/night", true, 4)]
    [InlineData("alice", AccessAction.Register, "web", false, 0)]
    [InlineData("bob", AccessAction.Register, "analytics", false, 0)]
    [InlineData("bob", AccessAction.RunAs, "bob-user", true, 5)]
    [InlineData("bob", AccessAction.RunAs, "bob-user2", false, 0)]
    [InlineData("bob", AccessAction.Kill, "bob", true, 6)]
    [InlineData("bob", AccessAction.Kill, "alice", false, 0)]
    [InlineData("bob", AccessAction.ReadSandbox, "bob", true, 6)]
    [InlineData("bob", AccessAction.Teardown, "bob", false, 0)]
    [InlineData("root", AccessAction.Teardown, "bob", true, 7)]
    [InlineData("root", AccessAction.View, "*", true, 7)]
    [InlineData("eve", AccessAction.Kill, "eve", false, 3)]
    [InlineData("alice", AccessAction.Drain, "node9", false, 8)]
    [InlineData("alice", AccessAction.Drain, "node1", true, 9)]
    [InlineData("", AccessAction.View, "*", false, 0)]
    public void The_first_line_that_fits_decides_and_without_one_it_is_denied(string who, AccessAction action, string what, bool allowed, int line)
    {
        var verdict = List.Judge(who, action, what);
        Assert.Equal((allowed, line), (verdict.Allowed, verdict.Line));
    }

    [Theory]
    [InlineData("allow a kill", "line 1: it is not")]
    [InlineData("# x\npermit a kill *", "line 2: it begins with neither")]
    [InlineData("allow a steal *", "line 1: an action is register,")]
    [InlineData("allow a,, kill *", "line 1: a list has an empty part")]
    [InlineData("allow a kill *,", "line 1: a list has an empty part")]
    public void A_list_that_is_wrong_is_refused_with_the_line(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => AccessList.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_list_denies_everything() =>
        Assert.All(Enum.GetValues<AccessAction>(), a => Assert.False(AccessList.Parse("").Judge("root", a, "*").Allowed));

    [Fact]
    public void Every_action_has_a_name_that_is_read_again() => Assert.All(Enum.GetValues<AccessAction>(), a =>
    {
        Assert.True(AccessActions.TryParse(a.Name(), out var read));
        Assert.Equal(a, read);
    });

    [Fact]
    public void A_pattern_fits_what_a_plain_search_says_it_fits()
    {
        static bool Fits(string text, string pattern) =>
            pattern.Length == 0 ? text.Length == 0
            : pattern[0] == '*' ? Enumerable.Range(0, text.Length + 1).Any(i => Fits(text[i..], pattern[1..]))
            : text.Length > 0 && text[0] == pattern[0] && Fits(text[1..], pattern[1..]);

        var letters = Gen.Char["ab*"];
        Gen.Select(Gen.String[Gen.Char["ab"], 0, 8], Gen.String[letters, 1, 6]).Sample((text, pattern) =>
            Assert.Equal(Fits(text, pattern), AccessList.Parse($"allow * drain {pattern}").Judge("x", AccessAction.Drain, text).Allowed));
    }

    [Fact]
    public void A_pattern_of_many_stars_is_judged_at_once()
    {
        var list = AccessList.Parse($"allow * drain {string.Concat(Enumerable.Repeat("*a", 100))}*b");
        Assert.False(list.Judge("x", AccessAction.Drain, new string('a', 10_000)).Allowed);
    }
}
