using Xunit;

namespace Agora.Tests.Fast;

public class DurationsTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("1.5s", 1.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("10m", 600)]
    [InlineData("10mins", 600)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    [InlineData("0", 0)]
    public void A_duration_is_a_number_with_a_unit(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration, out _));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1x")]
    [InlineData("1.2.3")]
    [InlineData("1e9d")]
    [InlineData("99999999999d")]
    public void Anything_else_is_none(string text)
    {
        Assert.False(Durations.TryParse(text, out _, out var wrong));
        Assert.Equal($"'{text}' is not a duration", wrong);
    }

    [Theory]
    [InlineData("1/10m", 600)]
    [InlineData("1/10mins", 600)]
    [InlineData("20/1h", 180)]
    public void A_rate_is_a_count_in_a_duration(string text, double secondsBetween)
    {
        Assert.True(Durations.TryParseRate(text, out var interval, out _));
        Assert.Equal(TimeSpan.FromSeconds(secondsBetween), interval);
    }

    [Theory]
    [InlineData("0/1m")]
    [InlineData("1")]
    [InlineData("/1m")]
    [InlineData("1/x")]
    public void A_rate_without_either_is_none(string text) => Assert.False(Durations.TryParseRate(text, out _, out _));
}
