using Agora.Daemon.Hosting;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class IsolationSettingsTests
{
    [Fact]
    public void Words_may_be_combined()
    {
        Assert.True(IsolationSettings.TryParse("posix", out var settings, out _));
        Assert.Equal(new IsolationSettings(), settings);
        Assert.True(IsolationSettings.TryParse("cgroups,disk,namespaces", out settings, out _));
        Assert.Equal(new IsolationSettings { HasCgroups = true, WatchesDisk = true, Encloses = true }, settings);
    }

    [Theory]
    [InlineData("docker", "there is no 'docker', only posix, cgroups, memory, disk, namespaces")]
    [InlineData("", "there is no ''")]
    [InlineData("disk,,memory", "there is no ''")]
    [InlineData("cgroups,memory", "nothing to watch")]
    public void What_makes_no_sense_is_refused(string text, string why)
    {
        Assert.False(IsolationSettings.TryParse(text, out var settings, out var wrong));
        Assert.Null(settings);
        Assert.Contains(why, wrong, StringComparison.Ordinal);
    }
}
